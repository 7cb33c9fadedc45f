from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from gatedrnn_course import show_torch_layout
from gatedrnn_course.lab.torch_layout import BLOCKS


def test_the_blocks_stand_in_the_order_of_torch() -> None:
    picture = show_torch_layout()
    assert ET.fromstring(picture.svg).get("aria-label") == picture.alt
    assert "".join(BLOCKS) == "ifco"
    found = re.findall(r">([WUb])<tspan[^>]*>(\w)</tspan>", picture.svg)
    assert found == [(letter, index) for letter in "WUb" for index in "ifco"]
    assert re.findall(r"torch: (\w)", picture.svg) == ["i", "f", "g", "o"]
