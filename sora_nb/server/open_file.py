"""Answer with a file that may be deleted while it is sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

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
