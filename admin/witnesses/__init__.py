"""/log/witnesses and /log/checkpoint: who countersigns the log, and its head on paper."""
