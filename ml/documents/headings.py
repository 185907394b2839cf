"""What the headings of a list mean, as shops, makers and planogram programs write them, in the tongues that
their lists come in: English, Spanish, French, German, Italian and Portuguese."""

from __future__ import annotations

import re
import unicodedata

_MEANING: dict[str, str] = {
    "facings": "facing facings fac facs fcg fcgs hfacings frentes frente caras frontales frontage"
    " frontstuecke frontstucke faces",
    "high": "vfacings",
    "upc": "upc gtin ean upca barcode barcodes barras barres codebarre strichcode barre",
    "price": "price retail srp msrp precio preis prix prezzo preco pvp vk",
    "size": "size pack tamano groesse grosse taille formato format contenido inhalt gebinde",
    "brand": "brand marca marke marque",
    "place": "place slot position pos location loc coil selection sel spot seq sequence order posicion orden"
    " platz rang emplacement posicao posizione ubicacion stelle",
    "row": "shelf row tray level deck estante bandeja balda nivel fila regalboden boden fachboden ebene"
    " tablette etagere niveau ripiano prateleira charola",
    "product": "product item description desc name article producto descripcion articulo nombre artikel"
    " artikelbezeichnung bezeichnung produkt produktname artikelname designation produit libelle produto"
    " descricao prodotto descrizione articolo nome productname itemname",
}
"""By what counts most where a heading has words of several: "UPC code", "facings per item"."""
_OF: dict[str, tuple[int, str]] = {
    word: (rank, meaning) for rank, (meaning, words) in enumerate(_MEANING.items()) for word in words.split()
}
_NUMBER = frozenset({"no", "nr", "num", "number", "numero", "nummer", "id", "code", "codigo", "sku"})
_UPWARD, _INWARD = frozenset({"high", "v", "vertical", "hoch", "tall"}), frozenset({"d", "deep", "depth"})
_FILLING = _NUMBER | _UPWARD | _INWARD | frozenset({
    "of", "de", "del", "des", "der", "du", "the", "le", "la", "per", "on", "in", "en", "wide", "width", "w",
    "h", "horizontal", "x", "qty", "quantity", "count", "total", "nb", "n", "anzahl", "cantidad", "nombre",
    "units", "main", "full", "short", "long",
})
MOST_WORDS = 5
OTHER = "other"


def plain(text: str) -> str:
    """Small letters without accents."""
    return unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()


def _parts(word: str) -> tuple[str, ...]:
    """A word, or the two that were read as one: "hfac", "itemdescription"."""
    if word in _OF or word in _FILLING:
        return (word,)
    halves = ((word[:n], word[n:]) for n in range(1, len(word)))
    return next((h for h in halves if any(w in _OF for w in h) and all(w in _OF or w in _FILLING for w in h)),
                (word,))


def meaning(text: str) -> str:
    """Which column a heading names: "product", "upc", "row", "place", "facings", "high", "price", "brand" or
    "size"; ``OTHER`` for one that is a heading of something else, "" for what is none."""
    letters = re.sub(r"\b(gtin|ean|upc)\W?\d{1,2}\b", r"\1", plain(text.replace("#", " no ")))
    words = [part for word in re.findall(r"[a-z]+", letters) for part in _parts(word)]
    if not words or len(words) > MOST_WORDS or re.search(r"\d", letters):
        return ""
    known = [_OF[w] for w in words if w in _OF]
    if any(w not in _OF and w not in _FILLING for w in words):
        return ""
    if not known:
        return "upc" if set(words) <= {"code", "codigo"} else OTHER if "sku" in words else ""
    found = min(known)[1]
    if found == "facings" and _INWARD & set(words):
        return OTHER
    if found == "facings" and _UPWARD & set(words):
        return "high"
    if found == "product" and _NUMBER & set(words) and not {"name", "description", "desc"} & set(words):
        return OTHER
    return found
