"""Automatic differentiation: variables, operations and the graph they form."""
