"""A witness: at another body, it countersigns the heads of logs and refuses any that takes something back."""
