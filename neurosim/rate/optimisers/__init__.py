"""Rules that change parameters by their gradients, and plans for the learning rate."""
