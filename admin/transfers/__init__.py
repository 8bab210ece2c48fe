"""Handing a tip on to a competent body: letter, packet, receipt, return."""
