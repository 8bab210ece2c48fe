"""The list of tips that a member's desks work on."""
