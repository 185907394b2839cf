"""What is known about a place: its products as arrays, and the one estimated response model."""
