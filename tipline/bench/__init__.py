"""How fast the service is, beside what the machine and the formats allow."""
