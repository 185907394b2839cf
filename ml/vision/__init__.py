"""Reading photos of shelves."""
