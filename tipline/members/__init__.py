"""Members and who of them holds which desk: each change is a signed statement in the log first."""
