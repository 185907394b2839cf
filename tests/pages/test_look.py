"""What a drawn package looks like."""

from dataclasses import replace

from pages.parts.shelf_editor.look import package_color, package_shape
from tests.support.sites import make_product


def named(name: str, category: str, brand: str = ""):
    """A product of which no more is known."""
    return replace(make_product(1), name=name, category=category, brand=brand)


def test_the_category_decides_the_package():
    """Chips come in bags, whatever they are called."""
    assert package_shape(named("Prairie Original", "Potato chips")) == "bag"


def test_the_name_decides_where_the_category_says_little():
    """Sales files often know no more than food and drinks."""
    assert package_shape(named("Rold Gold Pretzels", "Food")) == "bag"
    assert package_shape(named("Clif Bar", "Food")) == "bar"


def test_brands_of_a_vague_category_differ_in_color():
    """A shelf of an imported machine is not one color."""
    names = ("Oreo Mini", "Keep Healthy", "Belvita", "Wonderful Pistachios", "Seapoint Farms")
    assert len({package_color(named(name, "Food")) for name in names}) == len(names)


def test_a_product_keeps_its_color():
    """Color depends on names alone."""
    one = named("Oreo Mini", "Food")
    assert package_color(one) == package_color(replace(one, id=99, price=9.0))
