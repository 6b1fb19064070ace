"""Layers, and networks made of them."""
