"""A service that answers as it does when all goes well, and keeps what it was asked."""

from __future__ import annotations

import http.server
import json
import re
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

FILM = "http://127.0.0.1:9/film.mp4"
CREATED = "2026-11-25T12:00:00.000Z"
JOB = "gen-vid-1795600000-abcdefghij0123456789"

ARK = {
    "id": "cgt-20261125-abcd",
    "model": "dreamina-seedance-2-5-260628",
    "status": "succeeded",
    "content": {"video_url": FILM},
    "usage": {"completion_tokens": 108000, "total_tokens": 108000},
    "seed": 7,
    "resolution": "720p",
    "ratio": "16:9",
    "duration": 5,
    "created_at": 1795600000,
    "updated_at": 1795600140,
}
BASES = {"ark": "/api/v3", "openrouter": "/api/v1"}
"""Path of a service's base address, where it has one."""
ANSWERS = {
    "ark": {
        "POST /api/v3/contents/generations/tasks": (200, {"id": "cgt-20261125-abcd"}),
        "GET /api/v3/contents/generations/tasks": (200, {"total": 1, "items": [ARK]}),
        "GET /api/v3/contents/generations/tasks/.+": (200, ARK),
        "DELETE /api/v3/contents/generations/tasks/.+": (200, {}),
    },
    "runway": {
        "POST /v1/(text|image|video)_to_video": (200, {"id": "8f6c", "estimatedCost": {"credits": 150}}),
        "DELETE /v1/tasks/.+": (204, None),
        "GET /v1/tasks/.+": (
            200,
            {"id": "8f6c", "createdAt": CREATED, "status": "SUCCEEDED", "output": [FILM], "cost": {"credits": 150}},
        ),
    },
    "omni": {
        "POST /v1(beta)?/interactions": (200, {"id": "v1_3f6c", "object": "interaction", "status": "in_progress"}),
        "POST /v1(beta)?/interactions/v1_3f6c/cancel": (200, {"id": "v1_3f6c", "status": "cancelled"}),
        "GET /v1(beta)?/interactions/v1_3f6c": (
            200,
            {
                "id": "v1_3f6c",
                "object": "interaction",
                "status": "completed",
                "steps": [
                    {"type": "user_input", "content": [{"type": "text", "text": "Luna walks."}]},
                    {"type": "model_output", "content": [{"type": "video", "mime_type": "video/mp4", "uri": FILM}]},
                ],
                "usage": {"output_tokens_by_modality": [{"modality": "video", "tokens": 28960}]},
            },
        ),
    },
    "openrouter": {
        "POST /api/v1/videos": (202, {"id": JOB, "polling_url": "/api/v1/videos/" + JOB, "status": "pending"}),
        "GET /api/v1/videos/.+": (
            200,
            {
                "id": JOB,
                "polling_url": "/api/v1/videos/" + JOB,
                "status": "completed",
                "unsigned_urls": [FILM],
                "usage": {"cost": 0.75, "is_byok": False},
            },
        ),
    },
    "comfy": {
        "POST /v2/models/.+/requests": (201, {"request_id": "req_1"}),
        "PUT /v2/models/.+/requests/req_1/cancel": (202, {"status": "IN_PROGRESS"}),
        "GET /v2/models/.+/requests/req_1/status": (200, {"status": "COMPLETED"}),
        "GET /v2/models/.+/requests/req_1": (
            200,
            {
                "code": 0,
                "message": "SUCCEED",
                "data": [{"id": "8422", "status": "succeeded", "outputs": [{"url": FILM, "duration": "5"}]}],
            },
        ),
    },
    "minimax": {
        "POST /v2/video_generation": (200, {"task_id": "42"}),
        "GET /v2/query/video_generation/.+": (
            200,
            {
                "task": {
                    "id": "42",
                    "model": "MiniMax-H3",
                    "status": "succeeded",
                    "content": {"url": FILM},
                    "resolution": "768P",
                    "ratio": "16:9",
                    "duration": 5,
                    "usage": {"total_seconds": 5, "input_seconds": 0, "output_seconds": 5},
                },
            },
        ),
    },
    "videos": {
        "POST /v1/videos": (200, {"id": "video_1", "object": "video", "status": "queued", "progress": 0}),
        "GET /v1/videos/.+": (
            200,
            {"id": "video_1", "object": "video", "status": "completed", "progress": 100, "video_url": FILM},
        ),
    },
}
"""What each service answers, by method and a pattern of the path."""


@dataclass(frozen=True)
class Taken:
    """A request as it arrived; header names are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self):
        """Return the body as what its JSON says; None where there is none."""
        return json.loads(self.body) if self.body else None


class Recorder:
    """Answers like the service that is named, from a port of this machine.

    Attributes:
        host: scheme, host and port.
        url: the same with the path that an SDK has in its base address.
        taken: what was asked.
    """

    def __init__(self, service):
        self.taken = []
        outer = self
        answers = ANSWERS[service]

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = outer._body(self.rfile, headers)
                outer.taken.append(Taken(self.command, self.path, headers, body))
                asked = f"{self.command} {urlsplit(self.path).path}"
                found = (answer for pattern, answer in answers.items() if re.fullmatch(pattern, asked))
                status, said = next(found, (404, {"error": {"code": "unknown", "message": asked}}))
                data = b"" if status == 204 else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        for method in ("GET", "POST", "PUT", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.answer)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = self.host + BASES.get(service, "")
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @staticmethod
    def _body(stream, headers):
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return stream.read(int(headers.get("content-length") or 0))
        parts = []
        while size := int(stream.readline(), 16):
            parts.append(stream.read(size))
            stream.readline()
        stream.readline()
        return b"".join(parts)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
