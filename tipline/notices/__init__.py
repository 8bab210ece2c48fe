"""Notices to staff: the same words at the same hours, from a process that knows nothing else."""
