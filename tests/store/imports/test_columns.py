"""Which column says what, from names in four languages and from contents."""

from __future__ import annotations

import pytest

from core.errors import BadInput
from core.store.imports.columns import recognize
from core.store.imports.names import Role, normalize

VENDING = [
    "Status",
    "Device ID",
    "Location",
    "Machine",
    "Product",
    "Category",
    "Transaction",
    "TransDate",
    "Type",
    "RCoil",
    "RPrice",
    "RQty",
    "MCoil",
    "MPrice",
    "MQty",
    "LineTotal",
    "TransTotal",
    "Prcd Date",
]
VEND = [
    "Processed",
    "VJ1",
    "Mall",
    "Mall x1",
    "Cola",
    "Carbonated",
    "14515778905",
    "1/13/2022",
    "Credit",
    "148",
    "3.5",
    "1",
    "148",
    "3.5",
    "1",
    "3.5",
    "5",
    "1/14/2022",
]


def test_the_vending_export_is_recognized() -> None:
    """The machine's own columns before the mapped ones, the line's total and date before others."""
    columns = recognize(VENDING, [VEND]).columns
    assert columns == {
        Role.DEVICE_ID: "Device ID",
        Role.MACHINE: "Machine",
        Role.LOCATION: "Location",
        Role.PRODUCT: "Product",
        Role.CATEGORY: "Category",
        Role.TRANSACTION: "Transaction",
        Role.DATE: "TransDate",
        Role.SLOT: "RCoil",
        Role.PRICE: "RPrice",
        Role.QUANTITY: "RQty",
        Role.TOTAL: "LineTotal",
        Role.STATUS: "Status",
    }


@pytest.mark.parametrize(
    ("headers", "row", "language"),
    [
        (
            ["Store", "Date", "Item", "Qty", "Unit price", "Amount"],
            ["Main", "2022-01-05", "Cola", "2", "1.5", "3"],
            "en",
        ),
        (
            ["Filiale", "Datum", "Artikel", "Menge", "Einzelpreis", "Betrag"],
            ["Mitte", "5.1.2022", "Cola", "2", "1,5", "3"],
            "de",
        ),
        (
            ["Magasin", "Date", "Désignation", "Qté", "Prix unitaire", "Montant"],
            ["Nord", "5/1/2022", "Cola", "2", "1,5", "3"],
            "fr",
        ),
        (
            ["Tienda", "Fecha", "Artículo", "Cant.", "Precio", "Importe"],
            ["Centro", "5/1/2022", "Cola", "2", "1,5", "3"],
            "es",
        ),
    ],
)
def test_headers_are_known_in_four_languages(headers: list[str], row: list[str], language: str) -> None:
    """The same six roles and the language of each."""
    found = recognize(headers, [row])
    assert list(found.columns) == [Role.STORE, Role.PRODUCT, Role.DATE, Role.PRICE, Role.QUANTITY, Role.TOTAL]
    assert found.language == language


def test_contents_decide_where_names_say_nothing() -> None:
    """A date, a price, a place that repeats and a text that varies."""
    rows = [
        ["2022-01-05", "Lobby", "Cola", "1.50"],
        ["2022-01-06", "Lobby", "Chips", "1.25"],
        ["2022-01-06", "Lobby", "Nuts", "1.50"],
    ]
    assert recognize(["a", "b", "c", "d"], rows).columns == {
        Role.MACHINE: "b",
        Role.PRODUCT: "c",
        Role.DATE: "a",
        Role.PRICE: "d",
    }


def test_contents_overrule_a_name_that_only_contains_the_word() -> None:
    """“Product type” holds no prices and “Price list” no numbers."""
    headers = ["Machine", "Date", "Product", "Price list", "Paid price"]
    assert (
        recognize(headers, [["M1", "2022-01-05", "Cola", "Summer", "1.50"]]).columns[Role.PRICE]
        == "Paid price"
    )


@pytest.mark.parametrize(
    "mapping", [{"price": "Paid"}, {"Paid": "price"}, '{"price": "Paid"}', {"unit price": "paid"}]
)
def test_an_explicit_mapping_wins(mapping: object) -> None:
    """In either direction, as JSON, with another word for the role or another case of the column."""
    found = recognize(
        ["Machine", "Date", "Product", "Price", "Paid"], [["M", "2022-01-05", "Cola", "9", "1"]], mapping
    )  # type: ignore[arg-type]
    assert found.columns[Role.PRICE] == "Paid"
    assert found.reasons[Role.PRICE] == "as you said"


def test_a_role_can_be_left_out_and_a_date_order_told() -> None:
    """null drops a column; options ride in the mapping and come back in the report's."""
    found = recognize(
        ["Machine", "Date", "Product", "Price", "Total"],
        [["M", "1/2/2022", "Cola", "9", "1"]],
        {"total": None, "date_order": "dmy"},
    )
    assert Role.TOTAL not in found.columns
    assert found.as_json() == {
        "machine": "Machine",
        "product": "Product",
        "date": "Date",
        "price": "Price",
        "date_order": "dmy",
    }


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"price": "Cost"}, "no column “Cost”"),
        ({"colour": "Price"}, "“colour”"),
        ("{", "not JSON"),
        ("[1]", "not an object"),
        ({"date_order": "ymd"}, "“ymd”"),
    ],
)
def test_a_mapping_that_does_not_fit_is_told(mapping: object, message: str) -> None:
    """The word that is wrong is in the sentence."""
    with pytest.raises(BadInput, match=message):
        recognize(["Machine", "Date", "Product", "Price"], [["M", "2022-01-05", "Cola", "9"]], mapping)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("missing", "headers"),
    [
        ("product", ["Machine", "Date", "Price"]),
        ("date", ["Machine", "Product", "Price"]),
        ("price or total", ["Machine", "Date", "Product"]),
        ("machine or store", ["Date", "Product", "Price"]),
    ],
)
def test_what_every_sale_needs_is_asked_for(missing: str, headers: list[str]) -> None:
    """Where, what, when and how much."""
    values = {"Machine": "M 1", "Date": "2022-01-05", "Product": "Cola", "Price": "1.50"}
    with pytest.raises(BadInput, match=f"for {missing}"):
        recognize(headers, [[values[h] for h in headers]])


def test_a_file_without_a_header_is_told_so() -> None:
    """Its first row would be lost as names."""
    rows = [["Lobby", "2022-01-06", "Chips", "1.50"], ["Lobby", "2022-01-07", "Nuts", "1.25"]]
    with pytest.raises(BadInput, match="not a header"):
        recognize(["Lobby", "2022-01-05", "Cola", "1.50"], [*rows, ["Lobby", "2022-01-07", "Gum", "1.25"]])


def test_names_are_compared_without_case_accents_and_humps() -> None:
    """TransDate, Qté and LINE_TOTAL are words."""
    assert [normalize(h) for h in ("TransDate", "Qté", "LINE_TOTAL", "RCoil", "Stückzahl")] == [
        "trans date",
        "qte",
        "line total",
        "r coil",
        "stuckzahl",
    ]
