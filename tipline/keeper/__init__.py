"""The keeper: its own process, account and files. It logs a signed statement, then takes its lock off."""
