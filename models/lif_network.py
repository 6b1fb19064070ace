"""The network of Vogels & Abbott (2005, doi:10.1523/JNEUROSCI.3508-05.2005): `cuba` by its first name."""

from neurosim.models.cuba import CurrentLIF, build, run

__all__ = ["CurrentLIF", "build", "run"]
