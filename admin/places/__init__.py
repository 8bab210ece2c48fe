"""Units, desks and competent bodies: a registrar proposes them, and a second person signs."""
