"""The full check of the stored log, without any member and without a private key."""
