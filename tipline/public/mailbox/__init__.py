"""The mailbox's pages."""
