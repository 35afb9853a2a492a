"""Searches that were recorded to their end, replayed as if they had been stopped before."""
