"""Puzzles in which numbers are to be combined to a target, as ``espalier puzzles countdown`` draws them."""
