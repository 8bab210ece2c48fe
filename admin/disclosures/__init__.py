"""/tips/<id>/identity and /disclosures: asking for a name, deciding about it, and looking at it."""
