"""Entering a tip for somebody who wrote a letter, called, or came by."""
