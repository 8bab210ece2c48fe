"""Words that staff searched their lists for: sealed for the auditors, and never with a tip."""
