"""Pages, styles and message catalogues of the public and the admin site, apart from each other."""
