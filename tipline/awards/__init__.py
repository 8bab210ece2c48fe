"""Awards in the main database: what a mailbox tells of one, and the blind signatures of one collected."""
