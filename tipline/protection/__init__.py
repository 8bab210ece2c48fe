"""Protection cases: people in danger, apart from the tips that brought the danger."""
