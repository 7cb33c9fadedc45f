from __future__ import annotations

import json

import pytest

from gatedrnn_course.lab.widget.pack import pack, unpack

TEXTS = {
    "numbers": ["x 1.0, y -2.50", "x 1.0, y 0.25", "x 1.0, y 13.00"],
    "words": ["it grows by 3", "it shrinks by 3", "it grows by 4"],
    "uneven": ["0.5 left", "1 left", "0.25 left", "007 left", "-0.0 left"],
    "large and small": ["0", "-15", "16", "-512", "99999", "-1073741823"],
    "exponents": ["1.2e-05", "3.4e-17", "1e+06"],
    "no numbers": ["a", "a", "b"],
    "nothing": ["", ""],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_what_was_packed_comes_back_letter_by_letter(texts: list[str]) -> None:
    back = unpack(json.loads(json.dumps(pack(texts))))
    assert [back(place) for place in range(len(texts))] == texts


def test_only_what_changes_has_a_column_and_what_changes_together_shares_one() -> None:
    packed = pack([f"same 3.5, moves {k}, again {k}, and {k + 1}" for k in range(4)])
    (template,) = packed["templates"]
    assert template["pieces"][0] == "same 3.5, moves "
    assert template["holes"] == [0, 0, 1]
    assert template["columns"] == [{"digits": 0, "moves": "ACCC"}, {"digits": 0, "moves": "CCCC"}]


def test_numbers_too_large_for_the_browsers_bits_are_kept_as_texts() -> None:
    (template,) = pack(["0", "1073741824"])["templates"]
    assert template["columns"] == [{"texts": ["0", "1073741824"], "picks": [0, 1]}]


def test_a_hundred_drawings_cost_little_more_than_one() -> None:
    drawing = '<path d="M0 0H100" stroke="currentColor"/>' * 50
    texts = [f"{drawing}{k / 10:.1f}" for k in range(100)]
    assert len(json.dumps(pack(texts))) < len(drawing) + 1000
