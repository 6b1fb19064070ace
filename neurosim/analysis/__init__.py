"""Analysis of what was recorded."""

from neurosim.analysis.spike_trains import interval_cv, mean_rate

__all__ = ["interval_cv", "mean_rate"]
