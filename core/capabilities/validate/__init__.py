"""What is wrong with a plan: every rule it breaks, with its place, a fix of one click, and a score."""

from core.capabilities.validate.checks import Issue, Validation, validate

__all__ = ["Issue", "Validation", "validate"]
