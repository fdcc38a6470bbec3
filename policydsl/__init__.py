"""Prove what a written policy does over every possible history, or show the shortest story in which it does not."""

__version__ = "0.1.0"
