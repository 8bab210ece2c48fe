"""/account/questions: what auditors ask a member about an alert, and the member's answer, sealed for them."""
