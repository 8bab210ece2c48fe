"""The pay desk: two clerks, each in a session of their own, see value and point of a pickup code, no more."""
