"""Hidden data removed from files, each in a limited process of its own."""
