"""Pictures of what a file shows, so that nobody's machine but a confined process reads the file itself."""
