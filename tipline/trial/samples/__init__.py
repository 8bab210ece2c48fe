"""The trial's sample tips and protection cases: three months of an invented township, told day by day."""
