"""What files call their columns, in four languages, and the roles that the import knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a column says of a sale."""

    DEVICE_ID = "device_id"
    MACHINE = "machine"
    STORE_ID = "store_id"
    STORE = "store"
    LOCATION = "location"
    PRODUCT = "product"
    PRODUCT_CODE = "product_code"
    CATEGORY = "category"
    TRANSACTION = "transaction"
    DATE = "date"
    TIME = "time"
    SLOT = "slot"
    PRICE = "price"
    QUANTITY = "quantity"
    TOTAL = "total"
    STATUS = "status"


LANGUAGES = ("en", "de", "fr", "es")
DAY_FIRST_LANGUAGES = frozenset({"de", "fr", "es"})

NAMES: Mapping[Role, Mapping[str, str]] = {
    Role.DEVICE_ID: {
        "en": "device id|device|device number|device serial|machine id|machine number|machine no|"
              "asset id|asset|asset number|serial|serial number|terminal id|terminal|telemeter|vm id|"
              "vending machine id|equipment id",
        "de": "geräte id|gerätenummer|automaten id|automatennummer|automat nr|seriennummer|maschinennummer",
        "fr": "id machine|id appareil|numéro de machine|n machine|numéro de série|identifiant machine",
        "es": "id máquina|id dispositivo|número de máquina|n máquina|número de serie",
    },
    Role.MACHINE: {
        "en": "machine|machine name|vending machine|device name|machine description|vm|asset name|"
              "equipment|kiosk",
        "de": "automat|automatenname|maschine|maschinenname|gerät|gerätename",
        "fr": "machine|nom machine|nom de la machine|distributeur|appareil|automate",
        "es": "máquina|nombre máquina|nombre de la máquina|dispositivo|expendedora|máquina expendedora",
    },
    Role.STORE_ID: {
        "en": "store id|store number|store no|store code|store nbr|shop id|outlet id|branch id|store num",
        "de": "filial id|filialnummer|filial nr|markt nr|marktnummer",
        "fr": "id magasin|code magasin|numéro de magasin|n magasin",
        "es": "id tienda|código tienda|número de tienda|n tienda",
    },
    Role.STORE: {
        "en": "store|store name|shop|shop name|outlet|branch|point of sale",
        "de": "filiale|filialname|markt|laden|geschäft",
        "fr": "magasin|nom magasin|nom du magasin|boutique|point de vente",
        "es": "tienda|nombre tienda|nombre de la tienda|sucursal|punto de venta",
    },
    Role.LOCATION: {
        "en": "location|location name|site|site name|place|venue|customer",
        "de": "standort|ort|aufstellort|kunde",
        "fr": "emplacement|lieu|site|client",
        "es": "ubicación|lugar|sitio|cliente",
    },
    Role.PRODUCT: {
        "en": "product|product name|item|item name|product description|item description|description|"
              "article|sku name|goods",
        "de": "produkt|produktname|artikel|artikelname|artikelbezeichnung|bezeichnung|"
              "produktbezeichnung|ware",
        "fr": "produit|nom produit|nom du produit|article|désignation|libellé|libellé produit|"
              "libellé article",
        "es": "producto|nombre producto|nombre del producto|artículo|descripción|nombre del artículo",
    },
    Role.PRODUCT_CODE: {
        "en": "product id|product code|sku|item id|item code|item number|upc|ean|gtin|barcode|"
              "product number",
        "de": "produkt id|artikelnummer|artikel nr|produktnummer|strichcode",
        "fr": "id produit|code produit|code article|référence|code barres",
        "es": "id producto|código producto|código artículo|referencia|código de barras",
    },
    Role.CATEGORY: {
        "en": "category|product category|item category|category name|product group|department|"
              "product type|family",
        "de": "kategorie|warengruppe|produktgruppe|artikelgruppe",
        "fr": "catégorie|famille|rayon|catégorie produit",
        "es": "categoría|familia|categoría producto|departamento|grupo",
    },
    Role.TRANSACTION: {
        "en": "transaction|transaction id|transaction number|trans id|trans no|trans number|receipt|"
              "receipt id|receipt number|receipt no|order id|order number|invoice|invoice no|ticket|"
              "basket id|bill no|sale id",
        "de": "transaktion|transaktions id|transaktionsnummer|bon|bonnummer|bon nr|beleg|belegnummer|"
              "beleg nr",
        "fr": "transaction|id transaction|numéro de transaction|ticket|numéro de ticket|n ticket|reçu",
        "es": "transacción|id transacción|número de transacción|recibo|número de ticket|factura",
    },
    Role.DATE: {
        "en": "date|trans date|transaction date|transaction time|transaction date time|date time|"
              "datetime|timestamp|sale date|sales date|sold at|sold on|date sold|day|order date|"
              "purchase date|invoice date|vend date|vend time|sale time|event time|created at|"
              "date and time",
        "de": "datum|verkaufsdatum|transaktionsdatum|zeitstempel|zeitpunkt|tag|datum uhrzeit|belegdatum",
        "fr": "date|date de vente|date vente|date transaction|horodatage|jour|date heure|date et heure",
        "es": "fecha|fecha de venta|fecha venta|fecha transacción|día|fecha hora|fecha y hora|"
              "marca de tiempo",
    },
    Role.TIME: {
        "en": "time|time of day|time of sale|hour|clock",
        "de": "uhrzeit|zeit|verkaufszeit",
        "fr": "heure|heure de vente|heure vente",
        "es": "hora|hora de venta|hora venta",
    },
    Role.SLOT: {
        "en": "r coil|coil|m coil|slot|selection|column|position|coil number|slot number|slot id|"
              "selection number|mdb code|selection id|lane|spiral|motor|tray",
        "de": "spirale|wahl|fach|schacht|auswahl|wahlnummer|fachnummer|schachtnummer|slot|platz",
        "fr": "spirale|sélection|casier|colonne|code sélection|numéro de sélection",
        "es": "espiral|selección|canal|ranura|bobina|columna|posición|número de selección",
    },
    Role.PRICE: {
        "en": "r price|price|unit price|m price|item price|selling price|price per unit|sale price|"
              "vend price|price each",
        "de": "preis|einzelpreis|stückpreis|verkaufspreis|vk preis|preis pro stück",
        "fr": "prix|prix unitaire|prix de vente|pu|prix unit",
        "es": "precio|precio unitario|precio de venta|precio por unidad",
    },
    Role.QUANTITY: {
        "en": "r qty|qty|quantity|units|m qty|units sold|quantity sold|qty sold|sold|pieces|"
              "no of units|number of units|vends|vend count|item count|count",
        "de": "menge|anzahl|stück|stückzahl|verkaufte menge",
        "fr": "quantité|qté|qte|unités|nombre|quantité vendue",
        "es": "cantidad|unidades|cant|cantidad vendida|unidades vendidas",
    },
    Role.TOTAL: {
        "en": "line total|total|amount|revenue|sales|sales amount|total price|total amount|net sales|"
              "line amount|extended price|total sales|gross sales|value|sale amount|turnover",
        "de": "gesamt|gesamtpreis|summe|betrag|umsatz|gesamtbetrag|zeilensumme",
        "fr": "total|montant|total ligne|montant total|chiffre d affaires|prix total|ca",
        "es": "total|importe|monto|total línea|ingresos|precio total|importe total|ventas",
    },
    Role.STATUS: {
        "en": "status|state|transaction status|vend status|result|sale status",
        "de": "status|zustand|vorgangsstatus",
        "fr": "statut|état",
        "es": "estado|estatus",
    },
}

FORBIDDEN: Mapping[Role, frozenset[str]] = {
    Role.TOTAL: frozenset(
        ["trans", "transaction", "basket", "receipt", "order", "invoice", "tax", "cost", "discount"]
    ),
    Role.PRICE: frozenset(["cost", "total", "tax", "discount"]),
    Role.PRODUCT: frozenset(["id", "code", "price", "type", "group", "category", "cost"]),
    Role.MACHINE: frozenset(["id", "type", "model", "price"]),
    Role.STORE: frozenset(["id", "code", "type"]),
    Role.DATE: frozenset(["processed", "prcd", "expiry", "expiration", "birth", "settlement"]),
    Role.QUANTITY: frozenset(["stock", "hand", "price"]),
    Role.TIME: frozenset(["zone", "processing", "response"]),
    Role.SLOT: frozenset(["price", "qty"]),
}
"""Words that make a header mean something else when it only contains a role's name."""

ALIASES: Mapping[str, Role] = {
    "timestamp": Role.DATE, "datetime": Role.DATE, "sold at": Role.DATE, "trans date": Role.DATE,
    "device": Role.DEVICE_ID, "coil": Role.SLOT, "selection": Role.SLOT, "position": Role.SLOT,
    "qty": Role.QUANTITY, "units": Role.QUANTITY, "amount": Role.TOTAL, "revenue": Role.TOTAL,
    "line total": Role.TOTAL, "unit price": Role.PRICE, "transaction id": Role.TRANSACTION,
    "product name": Role.PRODUCT, "machine name": Role.MACHINE, "device name": Role.MACHINE,
    "store name": Role.STORE,
    "sku": Role.PRODUCT_CODE,
}
"""Other words for a role that an explicit mapping may use."""

_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def normalize(header: str) -> str:
    """``TransDate`` → ``trans date``, ``Qté`` → ``qte``: lower case, no accents, words apart."""
    spaced = _CAMEL.sub(" ", header.strip()).replace("ß", "ss")
    plain = "".join(c for c in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain.lower()).strip()


SYNONYMS: Mapping[Role, Mapping[str, frozenset[str]]] = {
    role: {
        language: frozenset(normalize(name) for name in names.split("|"))
        for language, names in by_language.items()
    }
    for role, by_language in NAMES.items()
}


@lru_cache(maxsize=4096)
def name_score(header: str, role: Role) -> tuple[float, frozenset[str]]:
    """How well a header names a role, 0 to 1, and the languages in which it does."""
    name = normalize(header)
    exact = frozenset(lang for lang, names in SYNONYMS[role].items() if name in names)
    if exact:
        first = normalize(NAMES[role]["en"].split("|", 1)[0])
        return (1.0 if name == first else 0.97), exact
    words = name.split()
    if FORBIDDEN.get(role, frozenset()) & set(words):
        return 0.0, frozenset()
    best, languages = 0.0, set()
    for language, names in SYNONYMS[role].items():
        for synonym in names:
            part = synonym.split()
            if len(part) < len(words) and any(
                words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1)
            ):
                score = 0.5 + 0.35 * len(part) / len(words)
                if score > best:
                    best, languages = score, {language}
                elif score == best:
                    languages.add(language)
    return best, frozenset(languages)
