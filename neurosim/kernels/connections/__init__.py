"""Who is connected to whom, and the delivery of spikes."""
