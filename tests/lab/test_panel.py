from __future__ import annotations

import pytest

from gatedrnn_course.lab.panel import Panel


@pytest.mark.parametrize("kind", ["right", "wrong", "note"])
def test_the_html_and_the_text_say_the_same(kind: str) -> None:
    panel = Panel(kind, "A `title`", ("one line", "another"))
    assert all(part in panel._repr_html_() for part in ("<code>title</code>", "one line", "another"))
    assert repr(panel).splitlines()[1:] == ["  one line", "  another"]


def test_kinds_differ_without_colour() -> None:
    assert len({repr(Panel(kind, "t"))[0] for kind in ("right", "wrong", "note")}) == 3


def test_what_a_learner_wrote_is_escaped() -> None:
    assert "<script>" not in Panel("wrong", "`<script>`", ("<script>alert(1)</script>",))._repr_html_()
