"""The vendor's protocol of the brief: characters from seconds of a video, videos, and a synchronous chat route.

Sources of the shapes: docs.laozhang.ai and docs.apiyi.com (characters, chat route), and the new-api gateway's source
for foreign status words.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from sora_nb.errors import InvalidInput
from sora_nb.providers import openai_videos
from sora_nb.providers.addresses import check_url
from sora_nb.providers.chat import ChatReply
from sora_nb.providers.wire import Request, image_type

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.providers.base import Order


class Wire(openai_videos.Wire):
    """POST /sora/v1/characters, POST /v1/videos and POST /v1/chat/completions."""

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video or a character."""
        if order.kind == "video" and order.route == "sync":
            return self._chat(order, key)
        if order.kind == "character" and self.profile.routes.video_characters is None:
            return self._from_seconds(order, key)
        return super().create(order, key)

    def _from_seconds(self, order: Order, key: str) -> Request:
        rules, source, clip = self.profile.character, order.source, order.clip
        if source is None or clip is None or (source.url is None and source.task is None and not source.upload):
            raise InvalidInput("A character is made from a url or from a task: give one of them.")
        kind = "from_task" if source.task is not None else "url"
        if self.profile.routes.characters is None or kind not in rules.sources:
            raise InvalidInput(
                f"The profile {self.profile.name!r} makes no characters from {kind}.",
                hint=f"It takes: {', '.join(rules.sources) or 'nothing'}.",
            )
        clip.check(rules.span)
        if source.task is None and source.url is not None:
            check_url(source.url)
        body: dict[str, Any] = {"model": order.model} if order.model else {}
        body |= {kind: source.task or source.url or "", "timestamps": clip.timestamps}
        if order.subject is not None:
            body["subject"] = list(order.subject)
        return self._paid(self.profile.routes.characters, key, json=body)

    def _chat(self, order: Order, key: str) -> Request:
        """The model's name fixes size and length; the answer is a stream."""
        if self.profile.routes.chat is None:
            raise InvalidInput(f"The profile {self.profile.name!r} has no synchronous route.")
        if order.seed is not None:
            raise InvalidInput("The synchronous route takes no seed.", hint='Leave it out, or use route="async".')
        text = self.compile_prompt(order)
        content: str | list[dict[str, Any]] = text
        if order.image is not None:
            encoded = base64.b64encode(order.image.read_bytes()).decode()
            picture = {"type": "image_url", "image_url": {"url": f"data:{image_type(order.image)};base64,{encoded}"}}
            content = [{"type": "text", "text": text}, picture]
        body = {"model": order.model, "stream": True, "messages": [{"role": "user", "content": content}]}
        return self._paid(self.profile.routes.chat, key, json=body, streamed=True)

    def reply(self) -> ChatReply:
        """Return a reader for the chat route's stream."""
        return ChatReply()

    def listing(self, kind: str, limit: int = 100, after: str | None = None) -> Request | None:
        """Return `GET /v1/videos`, or `GET /sora/v1/characters`, which servers that show idempotency keys have."""
        if kind == "character":
            route = self.profile.routes.characters
            begin = {"after": after} if after else {}
            return Request("GET", route, query=begin) if route and self.profile.echoes_key else None
        return super().listing(kind, limit, after)

    def upload(self, path: Path) -> Request | None:
        """Return `POST /v1/files`, where the service takes files."""
        route = self.profile.routes.files
        return Request("POST", route, form={"purpose": "video"}, files={"file": path}) if route else None

    def uploaded(self, data: Any) -> str:
        """Return the address of an uploaded file."""
        return f"{self.base_url}{self.profile.routes.files}/{data['id']}/content"
