"""What is measured, one operation a module; `registry` lists them."""
