"""The reporter's mailbox: what opens with a tracking code, and with nothing else."""
