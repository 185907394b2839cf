"""Utilities for data sets: their hash and their frozen splits."""
