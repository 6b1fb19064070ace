"""Functions and random numbers that vectorise."""
