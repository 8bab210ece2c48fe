"""Figures for whoever answers for the work: counts of five and more, no tip."""
