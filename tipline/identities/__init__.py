"""Who somebody is and how to reach them: kept apart from what they told."""
