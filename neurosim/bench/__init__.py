"""Speed, measured: neurosim beside other simulators on the same networks."""
