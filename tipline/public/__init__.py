"""The public site. It holds public keys: it can seal and, without the reporter's code, not open."""
