"""What a product without a picture looks like: the engine's answer, for the pages."""

from core.planogram.look import brand_color, category_color, package_color, package_shape, short_brand

__all__ = ["brand_color", "category_color", "package_color", "package_shape", "short_brand"]
