"""Looking over the log for alerts, by the keeper itself: no site can raise one, or hold one back."""
