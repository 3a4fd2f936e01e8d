"""The OpenAI Videos API, as typed by openai-python, and the gateways that speak it in front of other models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sora_nb.errors import InvalidInput
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.profile import ReferenceRules
from sora_nb.providers.wire import Request

if TYPE_CHECKING:
    from sora_nb.providers.base import Order
    from sora_nb.providers.compiled import Shown

NAME_LONGEST = 80
"""Letters of a character's name."""
FIELD = "input_reference"
"""The field of a picture, as OpenAI had it; relays that take more than one send it again, or have one of their own."""


class Wire(Dialect):
    """POST /v1/videos and what belongs to it; characters are files of 2 to 4 seconds with a name."""

    @property
    def _by_name(self) -> bool:
        return self.profile.character.mention_style == "name"

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video or a character."""
        return self._character(order, key) if order.kind == "character" else self._video(order, key)

    def _character(self, order: Order, key: str) -> Request:
        if self.profile.routes.video_characters is None:
            raise InvalidInput(f"The profile {self.profile.name!r} makes no characters from files.")
        name = order.name or (order.source.name if order.source else "")
        if not 1 <= len(name) <= NAME_LONGEST:
            raise InvalidInput(f"A character's name has 1 to {NAME_LONGEST} letters.")
        return self._paid(
            self.profile.routes.video_characters, key, form={"name": name}, files=_files(video=order.clip_file)
        )

    def _video(self, order: Order, key: str) -> Request:
        if self.profile.routes.videos is None:
            raise InvalidInput(f"The profile {self.profile.name!r} has no asynchronous route.")
        found = self.compiled(order)
        shows = self.profile.rules(order.model).references or ReferenceRules()
        ids = [who.id for who in order.cast] if self._by_name else []
        # the length as text, as every gateway of the family wants it
        fields = {"model": order.model, "prompt": found.prompt, "size": found.shape.size, "seconds": str(found.seconds)}
        if order.seed is not None:
            fields["seed"] = str(order.seed)
        in_json = shows.sent_as != "file" if found.pictures else self.profile.video.body == "json" or bool(ids)
        if in_json and order.image is None:
            body: dict[str, Any] = dict(fields)
            if ids:
                body["characters"] = [{"id": ident} for ident in ids]
            if found.pictures:
                _put(body, shows.field or FIELD, [_listed(each, shows) for each in found.pictures])
            return self._paid(self.profile.routes.videos, key, json=body)
        fields |= {f"characters[{index}][id]": ident for index, ident in enumerate(ids)}
        files = _files(input_reference=order.image)
        if found.pictures:
            name = shows.field or FIELD
            before = [files[name]] if name in files else []
            files[name] = [*before, *(each.path for each in found.pictures)]
        return self._paid(self.profile.routes.videos, key, form=fields, files=files)

    def _paid(self, path: str, key: str, **content: Any) -> Request:
        return Request("POST", path, idempotency_key=key, **content)

    def task(self, ident: str) -> Request:
        """Return `GET /v1/videos/{id}`."""
        return Request("GET", self._path(ident))

    def listing(self, kind: str, limit: int = 100, after: str | None = None) -> Request | None:
        """Return `GET /v1/videos`; characters are not listed."""
        if kind != "video" or not self.profile.listing or self.profile.routes.videos is None:
            return None
        begin = {"after": after} if after else {}
        return Request("GET", self.profile.routes.videos, query={"limit": str(limit), "order": "desc", **begin})

    def cancel(self, ident: str) -> Request | None:
        """Return `DELETE /v1/videos/{id}`, where the service stops tasks that way."""
        return Request("DELETE", self._path(ident)) if self.profile.cancels else None

    def content(self, ident: str) -> str:
        """Return `/v1/videos/{id}/content`."""
        return f"{self._path(ident)}/content" if ident and self.profile.routes.videos else ""

    def _path(self, ident: str) -> str:
        return f"{self.profile.routes.videos}/{quote(ident, safe=':')}"


def _files(**files: Any) -> dict[str, Any]:
    return {name: path for name, path in files.items() if path is not None}


def _listed(picture: Shown, shows: ReferenceRules) -> Any:
    """Return a picture as it stands in a list of them."""
    url = picture.url()
    return {"type": "image_url", "image_url": {"url": url}} if shows.sent_as == "image_url" else url


def _put(body: dict[str, Any], field: str, value: Any) -> None:
    """Put a value into a field of a body, which may be in another one, as in "metadata.media"."""
    *outer, name = field.split(".")
    for each in outer:
        body = body.setdefault(each, {})
    body[name] = value
