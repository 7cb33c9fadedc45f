"""Whatever a student's text holds, what is shown is one harmless line."""

from __future__ import annotations

import html
import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from gatedrnn_course.grading.report.plain import LONGEST, code, plain

TEXTS = st.text(st.characters(codec=None), max_size=60)


@given(TEXTS, st.integers(2, 40))
@example("a\x1b[31mred\x1b[0m\r\n\x00b", 40)
@example("\u202eabc\ud800", 40)
def test_any_text_becomes_one_line_of_printable_characters(text: str, longest: int) -> None:
    shown = plain(text, longest)
    assert len(shown) <= longest
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in shown)
    shown.encode()


def test_escape_sequences_go_and_words_stay() -> None:
    assert plain("a \x1b[31mred\x1b[0m\n  word\u202e") == "a red word"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert plain("A" * 10_000_000) == "A" * (LONGEST - 1) + "…"


@given(TEXTS)
@example("<script>`alert`(1)</script>")
@example("``` & <b> `")
def test_html_holds_code_tags_and_nothing_else_of_a_text(text: str) -> None:
    shown = str(code(text))
    without = re.sub("</?code>", "", shown)
    assert "<" not in without
    assert ">" not in without
    assert html.unescape(without).replace("`", "") == plain(text).replace("`", "")


def test_what_stands_between_backticks_is_code() -> None:
    assert str(code("write `x @ W.T` & go")) == "write <code>x @ W.T</code> &amp; go"
    assert str(code("one ` alone")) == "one ` alone"
