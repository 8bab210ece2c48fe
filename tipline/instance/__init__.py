"""Making an instance: folders, keys, the log's first entry, founding members."""
