"""Code sheets: tracking codes that were printed before anybody reported."""
