"""The nightly list of all items that are held: what is missing or changed, receipts, who read."""
