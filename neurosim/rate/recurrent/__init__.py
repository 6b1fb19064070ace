"""Layers that are applied step after step, and back-propagation through time."""
