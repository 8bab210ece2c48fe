"""Opening items after the keeper has logged who reads them and why: the one door to plaintext."""
