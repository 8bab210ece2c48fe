"""The nightly job: read everything that is held, hand its hashes to the keeper, keep what it signs."""
