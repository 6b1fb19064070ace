"""Kernels: the only room that knows numba."""
