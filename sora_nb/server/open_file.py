"""Answer with a file that may be deleted while it is sent, or with one of a store, by ranges."""

from __future__ import annotations

import asyncio
import os
import re
from io import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from starlette.responses import FileResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from sora_nb.server.shared_files import SharedFiles

CHUNK_BYTES = 1024**2
_DESCRIPTORS = Path("/dev/fd")


class OpenFileResponse(FileResponse):
    """A response that holds its file open from the beginning: whoever deletes the file cuts off nobody's download.

    Args:
        path: the file.
        media_type: its MIME type.

    Raises:
        FileNotFoundError: there is none.
    """

    def __init__(self, path: Path, media_type: str) -> None:
        self._file = path.open("rb")
        super().__init__(path, media_type=media_type, stat_result=os.fstat(self._file.fileno()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or the part of it that is asked for."""
        with self._file:
            # Windows has no such folder, and deletes no file that is open
            if _DESCRIPTORS.is_dir():
                self.path = _DESCRIPTORS / str(self._file.fileno())
            await super().__call__(scope, receive, send)


async def send_file(files: SharedFiles, key: str, media_type: str, request: Request) -> Response:
    """Answer with a file, from wherever it is.

    Args:
        files: where it is.
        key: the file; what it holds never changes.
        media_type: its MIME type.
        request: what asked for it; Range and If-Range are honoured.

    Raises:
        FileNotFoundError: there is none.
        StoreError: it cannot be reached.
    """
    file = await asyncio.to_thread(files.open, key)
    if file is None:
        return OpenFileResponse(files.path(key), media_type)
    size = file.seek(0, SEEK_END)
    head = {"accept-ranges": "bytes", "etag": f'"{key}"'}
    is_same = request.headers.get("if-range", head["etag"]) == head["etag"]
    part = _part(request.headers.get("range", ""), size) if is_same else None
    start, end = part or (0, size)
    if part is not None:
        if start >= size:
            return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
        head["content-range"] = f"bytes {start}-{end - 1}/{size}"
    head["content-length"] = str(end - start)
    chunks = _chunks(file, start, end) if request.method == "GET" else iter(())
    return StreamingResponse(chunks, 200 if part is None else 206, head, media_type)


def _part(header: str, size: int) -> tuple[int, int] | None:
    """Return the first byte that Range asks for, and the one after the last; None where the whole file is sent.

    What is no range of bytes counts as not sent, and so do several, as the standard allows.
    """
    found = re.fullmatch(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))", header)
    if found is None:
        return None
    first, last, count = (None if group is None else int(group) for group in found.groups())
    if first is None:
        return max(0, size - (count or 0)), size
    if last is None:
        return first, size
    return (first, min(last + 1, size)) if last >= first else None


def _chunks(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end:
            chunk = file.read(min(CHUNK_BYTES, end - start))
            start += len(chunk)
            yield chunk
