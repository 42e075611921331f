"""Checks of the house as a whole: each takes the sources and gives what offends."""
