"""Bytes in, bytes out: sealing, slips, statements, the log's tree.

Nothing here knows of Flask, SQL, the environment or the clock; import-linter checks it.
"""
