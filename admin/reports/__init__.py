"""/log/reports: who knew of a tip since when, a report for a prosecutor, and the figures of a month."""
