"""What a page would typeset as mathematics, by MathJax's rules for dollar signs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_LEFT_ALONE = {"script", "noscript", "style", "textarea", "pre", "code", "annotation"}
_FORMULA = re.compile(r"(?<!\\)\$\$.+?\$\$|(?<!\\)\$.+?(?<!\\)\$|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)


class _Texts(HTMLParser):
    """The texts of a page between two tags each, which is how far a formula can reach; those of code are left out."""

    def __init__(self):
        super().__init__()
        self.texts = [""]
        self._inside = []

    def handle_starttag(self, tag, attrs):
        self.texts.append("")
        if tag in _LEFT_ALONE:
            self._inside.append(tag)

    def handle_endtag(self, tag):
        self.texts.append("")
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if not self._inside:
            self.texts[-1] += data


def formulas(page):
    """Return what of a page's text would be typeset."""
    texts = _Texts()
    texts.feed(page)
    return [found for text in texts.texts for found in _FORMULA.findall(text)]
