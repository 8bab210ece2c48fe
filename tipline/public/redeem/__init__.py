"""Getting a pickup code for a voucher: a room without a mailbox, and not on the day of collecting."""
