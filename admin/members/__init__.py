"""Members, desks and working days: what a registrar changes, and what each member may see of it."""
