"""Web addresses people type: what is wrong with one, in words, without asking the network."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

LONGEST = 2000
_SITES = (
    "youtube.com", "youtu.be", "vimeo.com", "dailymotion.com", "twitch.tv", "tiktok.com", "instagram.com", "facebook.com",
    "fb.watch", "twitter.com", "x.com", "reddit.com", "bilibili.com", "b23.tv", "douyin.com", "xiaohongshu.com",
    "sora.chatgpt.com", "drive.google.com",
)  # fmt: skip
"""Sites whose addresses lead to a page around a video; their files come from other hosts."""
_OTHER = {
    **dict.fromkeys((".html", ".htm", ".php", ".aspx"), "a web page"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".webp"), "a picture"),
    **dict.fromkeys((".mp3", ".wav", ".m4a"), "sound only"),
    **dict.fromkeys((".m3u8", ".mpd", ".m3u"), "a playlist"),
    **dict.fromkeys((".zip", ".rar", ".7z", ".pdf"), "not a video"),
}
_HOST = re.compile(r"[^\s/?#@\\]*[^\s/?#@\\.]")


def fault(address: str) -> str:
    """Say in words why a text cannot be the web address of a video file; "" if nothing speaks against it.

    Args:
        address: as typed; spaces around it do not count.
    """
    text = address.strip()
    if not text:
        return "Type or paste the address of a video file."
    return _fault_of_scheme(text) or _fault_of_text(text) or _fault_of_parts(text)


def _fault_of_scheme(text: str) -> str:
    scheme, colon, _ = text.partition(":")
    scheme = scheme.lower()
    if scheme == "file" or re.match(r"/|~|[a-z]:\\", text, re.IGNORECASE):
        return "That is a file on a computer, which a service cannot fetch. Upload it instead."
    if scheme in {"data", "blob"}:
        return f"A {scheme}: address holds or names bytes of this page, which a service cannot fetch. Upload the file instead."
    if colon and scheme not in {"http", "https"} and re.fullmatch(r"[a-z][a-z0-9+-]*", scheme):
        return f"An address starts with https:// or http://, not with {scheme[:20]}:"
    return ""


def _fault_of_text(text: str) -> str:
    if re.search(r"\s", text):
        return "An address has no spaces or line breaks in it. Write %20 for a space."
    if not text.lower().startswith(("http://", "https://")):
        return "Start with https://"
    if len(text) > LONGEST:
        return f"This address is {len(text)} characters long; services take up to {LONGEST}."
    return ""


def _fault_of_parts(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, secret, _ = (parts.hostname or "").removeprefix("www."), parts.password, parts.port
    except ValueError:
        return "The name of the computer in this address cannot be right. Check it for typing errors."
    if secret is not None:
        return "This address has a password in it, which would be sent and written down. Use an address without one."
    if not _HOST.fullmatch(host) or ("." not in host and ":" not in host and host != "localhost"):
        return "After https:// comes the name of a computer, like example.com/cat.mp4"
    site = next((site for site in _SITES if host == site or host.endswith(f".{site}")), "")
    if site:
        return (
            f"That is a page of {site}, not a video file. Save the video and upload it, or give the file's own address."
        )
    other = _OTHER.get(PurePosixPath(parts.path).suffix.lower())
    if other:
        return f"This address leads to {other}, not to a video file such as .mp4, .mov or .webm."
    return ""
