"""Kinds of roster that speak of what is planned for a place."""
