"""The command line: sentences and exit codes."""
