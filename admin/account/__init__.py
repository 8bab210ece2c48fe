"""A member's own account: password, sessions, passkey, conflicts of interest."""
