"""The auditors' view of the log: who did what, whether it verifies, and where the main database disagrees."""
