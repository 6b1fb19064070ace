"""Activation functions, each a layer of its own."""
