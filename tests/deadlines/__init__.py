"""Calendars, terms, and the look at the clocks."""
