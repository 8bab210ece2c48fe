"""A stranger's file, read by a process that can do nothing else: for cleaning and for previews."""
