"""Wire shapes, and the pure functions that fill them."""
