"""Films, and which kernels live, over HTTP from a real Jupyter server at a prefix: to whoever is signed in, from its own pages."""

from __future__ import annotations

import urllib.parse

import film_server
import pytest

from sora_nb import offers

pytestmark = pytest.mark.release
CONTENT = bytes(range(256)) * 4000
HOSTILE = [
    "", ".", "..", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "//etc/passwd",
    "*", "%00", "0" * 32 + "-" + "0" * 32, "0" * 65, "a" * 5000, "{name}.json", "{name}%00", "{name}%0a", "../films/{name}x",
    "{NAME}", "{kernel}.lock", "{kernel}", "{other}",
]  # fmt: skip


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    return tmp_path_factory.mktemp("private")


@pytest.fixture(scope="module")
def url(private):
    with film_server.serve(private) as url:
        yield url
    assert list((private / "runtime" / "sora_nb").glob("*.server")) == []


@pytest.fixture
def mine(private, url, monkeypatch):
    """What this process offers as a kernel of the server's user."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(private / "runtime"))
    made = offers.of_process()
    assert made is not None
    return made


@pytest.fixture
def film(tmp_path):
    path = tmp_path / ".hidden" / "a film.mp4"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


@pytest.fixture(scope="module")
def user(url):
    return film_server.User(url)


def test_a_film_comes_whole_and_by_ranges(mine, film, user):
    name = mine.add(film, "video/webm")
    path = offers.ROUTE + name
    status, told, body = user.get(path)
    assert (status, told["Content-Type"], told["Accept-Ranges"], body) == (200, "video/webm", "bytes", CONTENT)
    assert (told["ETag"], told["X-Content-Type-Options"]) == (f'"{name}"', "nosniff")
    assert "sandbox" in told["Content-Security-Policy"]
    size = len(CONTENT)
    for asked, first, last in [
        ("0-0", 0, 0),
        ("1000-1999", 1000, 1999),
        ("-10", size - 10, size - 1),
        (f"5-{2 * size}", 5, size - 1),
    ]:
        status, told, body = user.get(path, Range=f"bytes={asked}")
        assert (status, told["Content-Range"]) == (206, f"bytes {first}-{last}/{size}")
        assert body == CONTENT[first : last + 1]
    assert user.get(path, Range=f"bytes={size}-")[0] == 416
    status, told, body = user.get(path, "HEAD")
    assert (status, told["Content-Length"], body) == (200, str(size), b"")
    assert user.get(path, **{"If-None-Match": f'"{name}"'})[0] == 304


def test_only_who_is_signed_in_gets_it_and_only_on_pages_of_the_server(mine, film, url, user):
    path = offers.ROUTE + mine.add(film, "video/mp4")
    status, told, body = film_server.User(url, token="").get(path)
    assert status in {200, 403}  # the page to sign in on, where it leads there
    assert "video" not in told["Content-Type"]
    assert CONTENT[:1000] not in body
    assert user.get(path, Referer="https://elsewhere.example/")[0] == 403
    assert user.get(path, "POST")[0] in {403, 405}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_other_name_leads_to_a_file(mine, film, user, tmp_path, hostile):
    name = mine.add(film, "video/mp4")
    elsewhere = offers.Served(tmp_path / "runtime" / "sora_nb")  # of another user
    other = offers.Offers(tmp_path / "runtime" / "sora_nb")
    kernel = name.partition("-")[0]
    path = hostile.format(name=name, NAME=name.upper(), kernel=kernel, other=other.add(film, "video/mp4"))
    status, _, body = user.get(offers.ROUTE + urllib.parse.quote(path, safe="/%.*"))
    assert status in {400, 403, 404}
    assert CONTENT[:1000] not in body
    assert b"root:" not in body
    other.close()
    elsewhere.close()


def test_what_is_withdrawn_or_changed_comes_no_more(mine, film, user):
    name = mine.add(film, "video/mp4")
    assert user.get(offers.ROUTE + name)[0] == 200
    mine.withdraw(name)
    assert user.get(offers.ROUTE + name)[0] == 404
    name = mine.add(film, "video/mp4")
    film.write_bytes(CONTENT[::-1])
    assert user.get(offers.ROUTE + name)[0] == 404


def test_a_page_is_told_whether_a_kernel_lives(mine, user):
    kernel = offers.Offers(offers.folder())
    path = offers.PROCESSES + kernel.process
    status, told, body = user.get(path)
    assert (status, told["ETag"], body) == (204, f'"{kernel.process}"', b"")
    kernel.close()
    assert user.get(path)[0] == 410
    assert user.get(offers.PROCESSES + mine.process)[0] == 204
    assert user.get(offers.PROCESSES + "0" * 32)[0] == 410


def test_only_who_is_signed_in_is_told_of_kernels_and_only_on_pages_of_the_server(mine, url, user):
    path = offers.PROCESSES + mine.process
    assert film_server.User(url, token="").get(path)[0] == 403
    assert user.get(path, Origin="https://elsewhere.example")[0] in {403, 404}
    assert user.get(path, "POST")[0] in {403, 405}
    for other in ("", "x", mine.process.upper(), f"{mine.process}.lock", f"..%2f{mine.process}", f"{mine.process}%0a"):
        assert user.get(offers.PROCESSES + other)[0] == 404
