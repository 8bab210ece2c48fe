"""The ledger of rewards: what was granted, collected and paid, day by day, and whether rows and log agree."""
