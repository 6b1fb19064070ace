"""Compiling, keeping machine code, calling it by address, and the threads that run it."""
