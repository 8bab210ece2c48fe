"""Tables as files for an office's spreadsheet program, in which no cell is ever a formula."""
