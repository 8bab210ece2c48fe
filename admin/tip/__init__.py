"""The page of one tip, where readings, replies, moves and exclusions meet."""
