"""The log as static files that any C2SP monitor can follow: hashes and commitments, no statement."""
