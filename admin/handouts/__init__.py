"""What was made for a member to take away, on its way to their browser."""
