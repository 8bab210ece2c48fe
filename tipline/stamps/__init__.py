"""Time stamps on the log's head by an outside service: that this head was there on that day."""
