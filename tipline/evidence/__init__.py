"""The exported log, and its verification on another machine: no database, no network, no web."""
