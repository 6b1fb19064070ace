"""Run the command line as ``python -m neurosim``."""

from neurosim.cli import main

main()
