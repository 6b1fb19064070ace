"""Layers that associate queries with stored patterns."""
