"""What can happen to the keeper's machine, one module each: after it the log verifies and nothing was shown
that it does not hold.
"""
