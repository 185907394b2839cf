"""Capabilities over many sites at once."""
