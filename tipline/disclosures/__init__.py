"""Opening an identity, which needs two people: what both sites and the keeper know of it."""
