"""Members' accounts: a name, and a seed that only the password and a key file open."""
