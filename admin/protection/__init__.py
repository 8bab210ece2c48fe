"""The protection desk's pages: cases of people in danger, apart from the tips that brought the danger."""
