"""Photo-like pictures of shelves with their exact truth: to try the photo audit, to train it, to judge it."""
