"""The arithmetic of layers: products, convolutions, recurrence, losses."""
