"""The synchronous route's answer: a stream of chat events that ends with a link."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sora_nb.providers import links
from sora_nb.providers.wire import decode, percent

LONGEST_TEXT = 10_000
"""So much of what a stream says is kept and searched."""
_PROGRESS = re.compile(r"(?:进度|progress)[^\d\n]{0,12}?([\d.]+)\s*%", re.IGNORECASE)
_FAILED = re.compile(r"❌|失败|\bfailed\b|^\s*Error:", re.IGNORECASE | re.MULTILINE)
_LINKS = (
    re.compile(r"\]\((https?://[^\s)]+)\)"),
    re.compile(r"<video[^>]+src=['\"](https?://[^'\"]+)['\"]"),
    re.compile(r"(https?://[^\s\"'<>]+\.mp4[^\s\"'<>]*)"),
)


@dataclass
class ChatReply:
    """What a synchronous generation has said so far, line by line or all at once.

    Attributes:
        text: the last of what was said, without the request that it repeats.
        progress: 0 to 100.
        url: link to the result, or "".
        error: why it failed, or "".
        finished: whether the stream came to its own end.
    """

    text: str = ""
    progress: float = 0
    url: str = ""
    error: str = ""
    finished: bool = False
    _fenced: bool = False
    _repeats: bool = False

    def feed(self, line: str) -> None:
        """Take one line of the event stream."""
        if not line.startswith("data:"):
            return
        data = line[5:].strip()
        if data == "[DONE]":
            self.finished = True
            self._look_for_failure()
            return
        try:
            self.take(decode(data))
        except ValueError:
            return

    def take(self, data: Any) -> None:
        """Take one decoded event, or a whole answer that was not streamed."""
        if not isinstance(data, dict):
            return
        error = data.get("error")
        if error:
            self.error = str(error.get("message") or error) if isinstance(error, dict) else str(error)
        choices = data.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            piece = choice.get("delta") or choice.get("message") or {} if isinstance(choice, dict) else None
            if not isinstance(piece, dict):
                continue
            said = str(piece.get("reasoning_content") or "") + str(piece.get("content") or "")
            self._say(said)
            self.finished = self.finished or str(choice.get("finish_reason") or "").lower() == "stop"
        percents = _PROGRESS.findall(self.text)
        self.progress = max(self.progress, percent(percents[-1]) if percents else 0)
        found = [[url.rstrip(")].,;") for url in pattern.findall(self.text)] for pattern in _LINKS]
        kept = [url for urls in found for url in reversed(urls) if not links.is_other(url)]
        if kept:
            # beside the film may stand links to its page
            self.url = next(filter(links.is_film, kept), kept[0])
            self.progress = 100
            return
        self._look_for_failure()

    def _say(self, said: str) -> None:
        """Add to the text, but not the request, repeated as a fenced block of JSON: its links and words are the user's."""
        for number, part in enumerate(said.split("```")):
            if number:
                self._fenced = not self._fenced
                self._repeats = self._fenced and part.startswith("json")
            if not self._repeats:
                self.text = (self.text + part)[-LONGEST_TEXT:]

    def _look_for_failure(self) -> None:
        """Words of failure count once the stream has ended; before that they may be anybody's."""
        if self.finished and not (self.url or self.error) and _FAILED.search(self.text):
            self.error = self.text.strip().splitlines()[-1].lstrip("> ❌")


def chat_line(ident: str, model: str, created: int, **choice: Any) -> str:
    """Write one event of the synchronous route's stream; `choice` holds delta and finish_reason."""
    event = {
        "id": ident,
        "object": "chat.completion.chunk",
        "created": created,
        "model": model,
        "choices": [{"index": 0, "finish_reason": None, **choice}],
    }
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
