"""What two people sign, one after the other, each in a session of their own."""
