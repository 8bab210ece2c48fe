"""Digests of the rows that the keeper wrote: one that somebody else changed is recognised when it is used."""
