"""What a place should carry: by its own sales, places alike, its people, its hours, and the goals."""

from core.capabilities.location.personal import Context, Personalized, personalize

__all__ = ["Context", "Personalized", "personalize"]
