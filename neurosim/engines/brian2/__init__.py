"""The same networks on Brian2 (Stimberg, Brette & Goodman 2019, doi:10.7554/eLife.47314)."""

from neurosim.engines.brian2.engine import Brian2, to_brian2
from neurosim.engines.brian2.reader import from_brian2

__all__ = ["Brian2", "from_brian2", "to_brian2"]
