"""Network drives: recognised by what the system says of them, and a ledger there has a journal that works over a network."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import doctor
from sora_nb.storage import file_system, home
from sora_nb.storage.call import Call
from sora_nb.storage.ledger import Ledger

linux = pytest.mark.skipif(sys.platform != "linux", reason="mountinfo is Linux's")


def line(point, kind, number=30):
    """Write a line of mountinfo, as the kernel does."""
    for letter in "\\ \t\n":
        point = point.replace(letter, f"\\{ord(letter):03o}")
    return f"{number} 27 0:{number} / {point} rw,relatime shared:1 master:2 - {kind} server:/x rw,vers=4.2\n"


@pytest.fixture
def mounted(tmp_path, monkeypatch):
    """Say what is mounted where."""
    table = tmp_path / "mountinfo"
    monkeypatch.setattr(file_system, "MOUNTS", table)

    def mount(*mounts):
        table.write_bytes("".join(line(str(point), kind) for point, kind in [("/", "ext4"), *mounts]).encode())

    mount()
    return mount


@linux
@pytest.mark.parametrize(
    ("kind", "is_network"),
    [
        *(
            (kind, True)
            for kind in ("nfs", "nfs4", "cifs", "smb3", "ceph", "lustre", "9p", "virtiofs", "beegfs", "afs")
        ),
        *(
            (kind, True)
            for kind in ("fuse", "fuse.sshfs", "fuse.rclone", "fuse.gcsfuse", "fuse.s3fs", "fuse.google-drive")
        ),
        *(
            (kind, False)
            for kind in ("ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "apfs", "f2fs", "vfat", "ntfs3")
        ),
        *((kind, False) for kind in ("fuseblk", "fuse.fuse-overlayfs", "fuse.mergerfs", "fuse.gocryptfs")),
    ],
)
def test_a_file_system_over_a_network_is_known(mounted, tmp_path, kind, is_network):
    mounted((tmp_path, kind))
    assert file_system.network(tmp_path) == (kind if is_network else "")
    assert file_system.network(tmp_path.parent) == ""


PARTS = st.text("ab \\\t\n1é-", min_size=1, max_size=3).filter(lambda part: part.strip("."))
POINTS = st.lists(PARTS, max_size=3).map(lambda parts: "/" + "/".join(parts))


@linux
@given(
    mounts=st.lists(st.tuples(POINTS, st.sampled_from(["ext4", "nfs4", "tmpfs", "fuse.sshfs"])), max_size=6),
    place=POINTS,
)
def test_a_path_is_on_the_deepest_mount_above_it_and_there_on_the_last(tmp_path_factory, mounts, place):
    table = tmp_path_factory.getbasetemp() / "mounts"
    table.write_bytes("".join(line(*mount) for mount in mounts).encode())
    above = [PurePosixPath(place), *PurePosixPath(place).parents]
    wanted = next((kind for point in above for other, kind in reversed(mounts) if PurePosixPath(other) == point), "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_system, "MOUNTS", table)
        assert file_system._of(place, file_system._mounts_of_linux()) == wanted


def test_a_system_that_does_not_tell_what_is_mounted_is_taken_for_a_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(file_system, "MOUNTS", tmp_path / "none")
    assert file_system.network(tmp_path) == ""


MAC = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//ann@studio.local/My%20Films on /Volumes/My Films (old) (smbfs, nodev, nosuid, mounted by ann)
server:/export on /Volumes/nfs (nfs)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
sshfs@macfuse0 on /Users/ann/far (macfuse, nodev, nosuid, synchronous, mounted by ann)
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/Users/ann", ""),
        ("/Volumes/My Films (old)/home", "smbfs"),
        ("/Volumes/nfs", "nfs"),
        ("/Users/ann/far/away", "macfuse"),
        ("/System/Volumes/Data/home", ""),
    ],
)
def test_a_mac_tells_its_mounts(monkeypatch, place, kind):
    monkeypatch.setattr(sys, "platform", "darwin")
    done = subprocess.CompletedProcess([], 0, MAC.encode())
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    monkeypatch.setattr(Path, "resolve", lambda self: self)
    assert file_system.network(Path(place)) == kind


@pytest.mark.parametrize(
    ("place", "drive", "kind"),
    [
        (r"\\server\share\home", 4, "network share"),
        (r"\\?\UNC\server\share\home", 4, "network share"),
        (r"Z:\home", 4, "network drive"),
        (r"C:\Users\ann", 3, ""),
    ],
)
def test_windows_tells_its_drives(monkeypatch, place, drive, kind):
    import ctypes
    from pathlib import PureWindowsPath
    from types import SimpleNamespace

    asked = []
    kernel32 = SimpleNamespace(GetDriveTypeW=lambda root: asked.append(root) or drive)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    assert file_system._on_windows(PureWindowsPath(place)) == kind
    assert asked in ([], [place[:3]])


@linux
def test_a_ledger_on_a_network_drive_has_a_rollback_journal_also_one_from_a_disk(mounted, tmp_path):
    path = tmp_path / "home" / "ledger.db"
    before = Ledger(path)
    call = before.add(Call(kind="video", profile="local", prompt="a fox"))
    before.close()
    mounted((tmp_path / "home", "nfs4"))
    assert home.prepare(path) == "DELETE"
    with_it, beside = Ledger(path), Ledger(path)
    beside.change(call, prompt="a cat")
    assert with_it.call(call.id).prompt == "a cat"
    assert {file.name for file in path.parent.iterdir()} == {"ledger.db"}
    for ledger in (with_it, beside):
        ledger.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


@linux
def test_the_doctor_tells_of_a_network_drive_and_what_serves_a_team(mounted, tmp_path, capsys):
    folder = tmp_path / "home"
    mounted((folder, "fuse.rclone"))
    doctor.doctor(folder)
    (told,) = [text for text in capsys.readouterr().out.splitlines() if text.startswith("folder")]
    assert "It is on a network drive (fuse.rclone): the ledger keeps a rollback journal there" in told
    assert "set SORA_NB_LEDGER to its address" in told
    mounted()
    doctor.doctor(folder)
    assert "network drive" not in capsys.readouterr().out
