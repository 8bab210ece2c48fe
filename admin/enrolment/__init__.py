"""How a person gets keys of their own: one link, their own device, and a comparison face to face."""
