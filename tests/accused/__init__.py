"""tipline.accused."""
