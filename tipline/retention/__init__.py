"""Letting tips go whose time is over: first the statement, then everything that is stored of them."""
