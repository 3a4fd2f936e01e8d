"""Tell network drives from disks of this machine, as the operating system tells them.

SQLite's write-ahead log needs memory that all who use a file share, which computers do not do over a network; each of
them may find it working, and overwrite what another one wrote (sqlite.org/wal.html, read on 2026-11-26).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
"""What is mounted where, on Linux; its format is in proc_pid_mountinfo(5)."""
_NETWORK = re.compile(
    "9p|acfs|afpfs|afs|auristorfs|beegfs|ceph|cifs|coda|davfs|ftp|gfs2|gpfs|lustre|ncpfs|nfs[34]?|ocfs2|orangefs|"
    "panfs|prl_fs|pvfs2|smb[23]|smbfs|vboxsf|virtiofs|vmhgfs|webdav|fuse|fuse[.-].+|macfuse.*|osxfuse.*"
)
"""File systems that another computer, or the host of a virtual one, has a part in, or that a program of anybody's makes up."""
_LOCAL_FUSE = re.compile(
    r"fuse\.(?:bindfs|cryfs|encfs|exfat|fuse-overlayfs|gocryptfs|lxcfs|mergerfs|ntfs(?:-3g)?|securefs|snapfuse|"
    r"squashfuse|unionfs|zfs)"
)
"""Such programs that work on disks of this machine; any other one, such as Google Drive's, may reach the web."""
_DRIVE_REMOTE = 4


def network(folder: Path) -> str:
    """Return what kind of network drive a folder is on, in the system's words, such as "nfs4"; "" for a disk of this machine.

    Args:
        folder: one that exists.
    """
    place = folder.resolve()
    if sys.platform == "win32":
        return _on_windows(place)
    kind = _of(os.fspath(place), _mounts_of_mac() if sys.platform == "darwin" else _mounts_of_linux())
    return kind if _NETWORK.fullmatch(kind) and not _LOCAL_FUSE.fullmatch(kind) else ""


def _of(place: str, mounts: list[tuple[str, str]]) -> str:
    """Return the file system that a path is on: the deepest mount above it, of several at one point the last."""
    found, depth = "", -1
    for point, kind in mounts:
        if len(point) >= depth and f"{place}/".startswith(f"{point.rstrip('/')}/"):
            found, depth = kind, len(point)
    return found


def _mounts_of_linux() -> list[tuple[str, str]]:
    """Return where each file system is mounted, and its type."""
    try:
        lines = os.fsdecode(MOUNTS.read_bytes()).split("\n")
    except OSError:  # a container that hides it
        return []
    parts = [line.partition(" - ") for line in lines if " - " in line]
    return [(_plain(place.split(" ")[4]), rest.split(" ")[0]) for place, _, rest in parts]


def _plain(point: str) -> str:
    r"""Read a path in which a space is written as \040."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)


def _mounts_of_mac() -> list[tuple[str, str]]:
    """Return the same from lines like `//ann@server/share on /Volumes/share (smbfs, nodev, mounted by ann)`."""
    try:
        said = subprocess.run(["/sbin/mount"], capture_output=True, check=False, timeout=5).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    found = re.findall(r"^.*? on (/.*) \(([^,()]+)[^()]*\)$", os.fsdecode(said), re.MULTILINE)
    return [(str(point), str(kind)) for point, kind in found]


def _on_windows(place: Path) -> str:
    if place.drive.startswith("\\\\"):
        return "network share"
    import ctypes  # noqa: PLC0415  nobody else needs it

    kind = getattr(ctypes, "windll").kernel32.GetDriveTypeW(f"{place.drive}\\")  # noqa: B009  it is there on Windows only
    return "network drive" if kind == _DRIVE_REMOTE else ""
