"""The service: the shared domain, one room per concept, the public site and the keeper."""
