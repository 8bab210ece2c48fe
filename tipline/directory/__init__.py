"""The directory: the public keys that the keeper vouches for."""
