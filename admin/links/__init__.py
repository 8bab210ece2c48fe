"""Tips on one matter: linked, never merged; shown only to whom both are shown."""
