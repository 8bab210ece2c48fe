"""What an auditor may ask of the log: filters, what they look at in an entry, and what can be counted."""
