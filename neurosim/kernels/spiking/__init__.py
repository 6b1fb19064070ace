"""Units that are advanced step by step, and spikes that are drawn."""
