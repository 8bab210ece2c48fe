"""A trial: a whole instance with sample units and members, to look at on one's own machine."""
