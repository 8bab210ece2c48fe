"""The report form: read without touching a disk, sealed as it streams."""
