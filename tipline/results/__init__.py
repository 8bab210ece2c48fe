"""Published results: counts of quarters that are over, coarse enough to point at nobody."""
