"""Scripts that other simulators run, each in a process and, if need be, an interpreter of its own.

They import nothing of neurosim: what to simulate comes in a line of JSON, see `serving`.
"""
