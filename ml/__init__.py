"""Models behind the Protocols that ``core`` states. Heavy imports stay inside the functions that need them."""
