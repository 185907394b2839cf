"""Models behind the Protocols of ``core``; heavy imports stay inside the functions that need them."""
