"""The interference register as the keeper knows it: what was filed, answered and reported."""
