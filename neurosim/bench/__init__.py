"""Speed, measured: neurosim beside other programs on the same networks."""
