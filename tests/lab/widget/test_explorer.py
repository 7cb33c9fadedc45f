from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.widget import Axis, Choice, Curve, Explorer, Slider, draw_chart, steps

CONTROLS = (
    Slider("f", "forget gate f", steps(0.5, 1, 0.1), start=0.9),
    Choice("kind", "picture", {"one": "one curve", "two": "two <curves>"}),
)


def view(f: float, kind: str) -> tuple[str, str]:
    curves = [Curve(name, [f**t for t in range(5)]) for name in ("a", "b")[: 1 + (kind == "two")]]
    return draw_chart(curves, Axis("step", 0, 4), Axis("share", 0, 1)), f"{kind}: after 4 steps {f**4:.2f} < 2."


def made() -> Explorer:
    return Explorer("A leaky cell.", CONTROLS, view, "Computed by hand.")


def test_every_position_shows_what_the_function_gives() -> None:
    widget = made()
    for f, kind in itertools.product(*(control.values for control in CONTROLS)):
        widget.move(f=f, kind=kind)
        assert widget.position == {"f": f, "kind": kind}
        assert widget.read_out() == view(f, kind)[1]
        assert widget.picture().svg.count("<polyline") == view(f, kind)[0].count("<polyline") == 1 + (kind == "two")


def test_its_text_tells_the_start_and_stays() -> None:
    widget = made()
    before = repr(widget)
    widget.move(f=0.5)
    assert repr(widget) == before == "A leaky cell. one: after 4 steps 0.66 < 2."


def test_it_has_a_picture_with_words_for_pages_without_scripts() -> None:
    bundle, _metadata = made()._repr_mimebundle_()  # type: ignore[misc]
    assert set(bundle) == {"text/plain", "text/html", "image/svg+xml", "application/vnd.jupyter.widget-view+json"}
    assert ET.fromstring(bundle["image/svg+xml"]).get("aria-label") == "one: after 4 steps 0.66 < 2."
    still, _script, _rest = bundle["text/html"].partition("<script>")
    assert "after 4 steps 0.66 &lt; 2. Computed by hand." in still
    assert "Run this cell to move it." in still
    assert '<img alt="A leaky cell."' in still


def test_the_saved_page_fetches_nothing_and_ends_its_script_once() -> None:
    html = made()._repr_html_()
    assert html == made()._repr_html_()
    assert html.count("</script>") == html.count("<script>") == 1
    own = re.sub(r"base64,[\w+/=]+", "", html).replace("http://www.w3.org/2000/svg", "")
    assert "http" not in own
    assert "import(" not in own


def test_too_many_positions_are_refused() -> None:
    sliders = [Slider(name, name, range(30)) for name in "ab"]
    with pytest.raises(CourseError, match="900 positions") as caught:
        Explorer("Too much.", sliders, lambda a, b: ("", ""))
    assert "fewer stops" in caught.value.do
