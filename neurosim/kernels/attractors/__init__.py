"""Recall and learning of patterns."""
