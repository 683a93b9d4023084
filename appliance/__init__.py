"""Clipper: finds the moments worth posting in long videos and makes clips of them."""

__version__ = "0.1.0"
