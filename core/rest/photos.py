"""A photo out of a request: multipart ``image``, or base64 in JSON."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from starlette.datastructures import UploadFile

from core.errors import BadInput, UnsupportedType
from core.pictures import LIMIT_BYTES
from core.rest.reading import read_json

BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {
    "multipart/form-data": {"schema": {
        "type": "object", "required": ["image"],
        "properties": {"image": {"type": "string", "format": "binary"}},
    }},
    "application/json": {"schema": {
        "type": "object", "required": ["image"],
        "properties": {"image": {
            "type": "string", "format": "byte",
            "description": "JPEG, PNG or WebP of at most 12 MB, as base64; larger ones as multipart",
        }},
    }},
}}}
"""For OpenAPI: what ``photo_of`` reads."""
_HINT = "Send the photo as multipart field image, or as base64 in {\"image\": …}."


async def photo_of(request: Request) -> bytes:
    """The bytes of the photo, at most one more than a picture may have.

    Raises BadInput for a request without one, UnsupportedType for another kind of body.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=8, max_fields=16) as form:
            sent = form.get("image")
            if not isinstance(sent, UploadFile):
                raise BadInput("image is missing." if sent is None else "image is not a file.", _HINT)
            return await sent.read(LIMIT_BYTES + 1)
    if kind in ("application/json", ""):
        body = read_json(await request.body())
        return _decoded(body.get("image") if isinstance(body, dict) else None)
    raise UnsupportedType(f"A body of type “{kind}” is not read here.", _HINT)


def _decoded(text: Any) -> bytes:
    """Raises BadInput for what is no base64."""
    if not isinstance(text, str) or not text.strip():
        raise BadInput("image is missing.", _HINT)
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("image is not base64.", "Encode the bytes of the picture file as base64.") from error


Photo = Annotated[bytes, Depends(photo_of)]


def picture(content: bytes, media_type: str, kept_s: int = 86_400) -> Response:
    """A picture as an answer, private to the user."""
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": f"private, max-age={kept_s}"}
    return Response(content, media_type=media_type, headers=headers)
