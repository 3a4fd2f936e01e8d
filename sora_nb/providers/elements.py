"""Kling's elements: characters that it keeps, made of pictures on the paths of its earlier API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sora_nb.errors import InvalidInput
from sora_nb.models import Registration
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.references import name_of, unfit
from sora_nb.providers.wire import Request, as_base64

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.providers.base import Order

ELEMENT = "element:"
"""How the id of a task begins that makes an element: it is asked for on another path than a video's."""
NAME_LONGEST, DESCRIPTION_LONGEST, OTHER_PICTURES = 20, 100, 3
PERSON, OTHER = "o_102", "o_108"
"""Tags that say what an element is."""


class Elements(Dialect):
    """POST /v1/general/advanced-custom-elements, and what belongs to it."""

    def registration(self, order: Order, key: str) -> Request:
        """Return the request that makes an element of a character's pictures."""
        path, shows = self.profile.routes.registrations, self.profile.rules(order.model).references
        if path is None or shows is None:
            return super().registration(order, key)
        [member] = order.members
        reasons = [unfit(still, shows, order.model) for still in member.stills]
        stills = [still for still, reason in zip(member.stills, reasons, strict=True) if not reason]
        if not stills:
            raise InvalidInput(
                f"No picture of {member.character.mention} can be sent: {'; '.join(reasons) or 'it has none'}.",
                hint="Extract it again from sharper or larger footage.",
            )
        first, *others = [as_base64(still.path) for still in stills]
        asked: dict[str, Any] = {
            "element_name": name_of(member)[:NAME_LONGEST],
            "element_description": (member.character.description or name_of(member))[:DESCRIPTION_LONGEST],
            "reference_type": "image_refer",
            "element_image_list": {
                "frontal_image": first,
                "refer_images": [{"image_url": each} for each in (others or [first])[:OTHER_PICTURES]],
            },
            "tag_list": [{"tag_id": PERSON if any(still.face for still in stills) else OTHER}],
            "external_task_id": key,
        }
        return Request("POST", path, json=asked, idempotency_key=key)

    def element_task(self, ident: str) -> Request:
        """Return the request that asks for the task of an element, by its own id or by the key."""
        return Request("GET", f"{self.profile.routes.registrations}/{quote(ident)}")

    def registered(self, entry: Mapping[str, Any]) -> Registration:
        """Return the id of an element."""
        [made] = entry["task_result"]["elements"]
        return Registration(id=str(made["element_id"]))
