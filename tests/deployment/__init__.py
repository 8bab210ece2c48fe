"""The file of a deployment."""
