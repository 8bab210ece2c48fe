"""/log/alerts: what the keeper raised, what auditors found of it, the rules, and decoys."""
