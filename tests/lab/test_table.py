from __future__ import annotations

import xml.etree.ElementTree as ET

from gatedrnn_course.lab.table import Table

TABLE = Table("right", "All <is> well.", "difference", ("T=3", "T=20"), {"hs": ("1e-16", "2e-16"), "d_c": ("0", "1")})


def test_columns_of_text_stand_below_each_other() -> None:
    head, columns, *rows = repr(TABLE).splitlines()
    assert head == "✓ All <is> well."
    assert [line.index(word) for line, word in zip((columns, *rows), ("T=20", "2e-16", "1"), strict=False)] == [21] * 3


def test_headings_say_what_they_head() -> None:
    root = ET.fromstring(f"<div>{TABLE._repr_html_()}</div>")
    assert [cell.text for cell in root.iter("th") if cell.get("scope") == "col"] == ["difference", "T=3", "T=20"]
    assert ["".join(cell.itertext()) for cell in root.iter("th") if cell.get("scope") == "row"] == ["hs", "d_c"]
    assert [cell.text for cell in root.iter("td")] == ["1e-16", "2e-16", "0", "1"]
