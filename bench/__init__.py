"""Measurements, not tests: each prints its table, which goes to docs/performance.md."""
