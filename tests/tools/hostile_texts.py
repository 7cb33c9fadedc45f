"""Texts that would act on a page, a terminal, a spreadsheet or a template, and how to see that they do not."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["TEXTS", "acting"]

HTML = "<script>alert('GOT')</script><img src=x onerror=GOT><a href='javascript:GOT'>GOT</a></td></table>"
ANSI = "\x1b]0;GOT\x07\x1b[2J\x1b[31mGOT\x1b[0m\r\x08\x9b31m"
TURNED = "\u202eGOT\u2066"
FORMULAS = ("=1+GOT", "+GOT", "-GOT", "@GOT", "\t=GOT", "\r=GOT", "＝GOT", " =GOT", '"=GOT', "\n=GOT")
TEMPLATE = "{{ GOT }}{% raw %}${GOT}[link=GOT]GOT[/link]"
TEXTS = {"html": HTML, "ansi": ANSI, "turned": TURNED, "template": TEMPLATE, "lone": "GOT\ud800"}
TEXTS |= {f"formula {k}": text for k, text in enumerate(FORMULAS)}


class Page(HTMLParser):
    """Notes what of a page would act."""

    def __init__(self) -> None:
        super().__init__()
        self.acting: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if "GOT" in repr(attributes) and not all(
            name in ("href", "id", "title", "aria-label") for name, _ in attributes
        ):
            self.acting.append(f"{tag} {attributes}")
        if any(name.startswith("on") or (value or "").startswith("javascript:") for name, value in attributes):
            self.acting.append(f"{tag} {attributes}")
        if tag in ("script", "iframe", "object", "img"):
            self.acting.append(tag)


def acting(html: str) -> list[str]:
    """What of a page, or of a part of one, would act."""
    page = Page()
    page.feed(html)
    return page.acting
