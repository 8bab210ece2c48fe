"""The admin site: one room per desk's work. It reaches the keeper through `tipline.keeper_client` alone."""
