"""Evaluation of what was trained."""
