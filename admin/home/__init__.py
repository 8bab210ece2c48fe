"""The site's front door: each member lands in the room they work in."""
