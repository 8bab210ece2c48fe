"""Whose a tip is: taking it, giving it, giving it back, handing all of one's own over."""
