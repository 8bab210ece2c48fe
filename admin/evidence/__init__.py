"""/log/evidence: choosing entries, and taking them out as one file that proves itself."""
