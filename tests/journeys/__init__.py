"""Journeys through all three processes, as reporter and as staff, without JavaScript."""
