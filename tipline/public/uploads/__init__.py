"""Files that visitors send: sealed as they stream, cleaned, named before they go, waiting until then."""
