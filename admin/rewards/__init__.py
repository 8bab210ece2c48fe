"""The reward office: from a proposal to a grant, the budget, pickup points and the rules."""
