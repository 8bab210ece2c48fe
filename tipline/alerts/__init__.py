"""What in the log raises an alert: rules as data, and pure functions over entries."""
