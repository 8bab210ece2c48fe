"""The trial's sample tips: three months of an invented township, told day by day."""
