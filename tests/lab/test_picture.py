from __future__ import annotations

import re
from base64 import b64decode

import pytest

from gatedrnn_course.lab.picture import Picture, image

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="20" font-size="13"><text font-size="12">a</text></svg>'
)


@pytest.mark.parametrize(("drawing", "kind"), [(SVG, "svg+xml"), (b"\x89PNG", "png")])
def test_the_page_holds_the_drawing_and_its_words(drawing: str | bytes, kind: str) -> None:
    bundle = Picture(drawing, 'a "curve" that falls')._repr_mimebundle_()
    html = bundle["text/html"]
    assert 'alt="a &quot;curve&quot; that falls"' in html
    found = re.search(r'src="data:image/([a-z+]+);base64,([^"]+)"', html)
    assert found is not None
    assert found[1] == kind
    assert b64decode(found[2]) == (drawing.encode() if isinstance(drawing, str) else drawing)
    assert f"image/{kind}" in bundle
    assert bundle["text/plain"] == 'a "curve" that falls'


def test_inside_an_image_an_svg_has_no_words_that_nobody_can_read() -> None:
    words = (
        '<title>A\ncurve</title>\n<desc>It falls.</desc>\n<path data-lane="c" data-now="1" d="M0 0"/><text>title</text>'
    )
    svg = f'<svg role="img" aria-label="A curve" width="30">\n{words}</svg>'
    found = re.search(r'base64,([^"]+)"', image(svg, "A curve that falls"))
    assert found is not None
    assert b64decode(found[1]).decode() == '<svg role="img" width="30">\n<path d="M0 0"/><text>title</text></svg>'
    assert Picture(svg, "a")._repr_mimebundle_()["image/svg+xml"] == svg


def test_letters_stay_readable_on_a_narrow_page() -> None:
    assert f"min-width:{600 * 11 / 12:.0f}px" in image(SVG, "a")
    assert "min-width" not in image('<svg width="30" height="3"></svg>', "a")
    assert "max-width:100%" in image(SVG, "a")
