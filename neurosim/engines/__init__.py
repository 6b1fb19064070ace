"""Engines: what turns the description of a network into arrays and kernels."""
