"""Asking for protection: the form, its page without a mailbox, and the words."""
