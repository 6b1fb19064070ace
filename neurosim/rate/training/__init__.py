"""Gradient descent on mini-batches, from the data to the record of what happened."""
