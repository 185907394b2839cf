"""Pictures of products on the Data page: dropped, matched by name, kept."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.planogram.product import Product
from core.workbench import Workbench
from pages.parts import nav
from pages.parts.packshots import product_labels
from tests.support.readers import photo_of


def texts(app: AppTest) -> str:
    return " ".join(str(h.value) for h in app.get("html"))


def test_pictures_named_after_products_are_kept_and_others_left_out(
    open_page: Callable[..., AppTest], demo: Workbench
) -> None:
    """The title counts, the button says how many, and the products have pictures afterwards."""
    first, second = [p for p in demo.catalog().values() if p.id not in demo.pictured()][:2]
    app = open_page(nav.DATA)
    drop = next(u for u in app.file_uploader if u.label == "Pictures of products")
    drop.set_value(
        [(f"{first.name}.png", photo_of(seed=1, kind="PNG"), "image/png"),
         (f"{second.upc or second.name}_front.jpg", photo_of(seed=2), "image/jpeg"),
         ("IMG_4711.jpg", photo_of(seed=3), "image/jpeg")]
    ).run()  # fmt: skip
    assert not app.exception
    assert "2 of 3 pictures matched" in texts(app)
    next(b for b in app.button if b.label == "Keep 2 pictures").click().run()
    job = app.session_state.get("packshots_job")
    if job is not None:
        assert job.done.wait(30)
        app.run()
    assert "2 pictures of 2 products kept" in app.success[0].value
    assert {first.id, second.id} <= demo.pictured()


def test_a_picture_that_is_none_is_told_and_the_good_one_kept(demo: Workbench) -> None:
    """With its file's name and why."""
    product = next(p for p in demo.catalog().values() if p.id not in demo.pictured())
    done = demo.add_pictures({product.id: [("a.jpg", photo_of(seed=4)), ("b.jpg", b"no picture")]})
    assert (done.pictures, done.products) == (1, 1)
    assert done.rejected[0][0] == "b.jpg"
    assert "not a picture" in done.rejected[0][1]


def test_products_of_one_name_are_told_apart() -> None:
    """By size, and by UPC where that is one too."""
    labels = product_labels({
        1: Product(1, "Cola", "Soda", size="12 oz"), 2: Product(2, "Cola", "Soda", size="20 oz"),
        3: Product(3, "Gum", "Gum", upc="1234567"), 4: Product(4, "Gum", "Gum"), 5: Product(5, "Tea", "Tea"),
    })  # fmt: skip
    assert labels == {1: "Cola · 12 oz", 2: "Cola · 20 oz", 3: "Gum · 1234567", 4: "Gum", 5: "Tea"}
