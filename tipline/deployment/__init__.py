"""What differs from place to place: names, addresses, advice and periods, from one file."""
