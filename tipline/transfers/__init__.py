"""Transfers to a competent body: the letter's number, the sealed packet, printed documents."""
