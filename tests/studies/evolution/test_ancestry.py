from __future__ import annotations

import xml.etree.ElementTree as ET

from gatedrnn_course.studies.evolution.ancestry import Relative, family, told, tree

RELATIVES = [
    Relative(1, "LSTM", None, "", 0.9),
    Relative(2, "GRU", None, "", 1.0),
    Relative(3, "E3", 2, "In h, `*` replaces `+`.", None),
    Relative(5, "E5", 3, "Tanh of `x < y` is left out.", 1.02),
]


def test_a_family_is_its_members_and_all_they_descend_from():
    parents = {1: None, 2: None, 3: 2, 4: 1, 5: 3, 6: 5}
    assert family(parents, [5]) == [2, 3, 5]
    assert family(parents, [5, 4]) == [1, 2, 3, 4, 5]
    assert family(parents, []) == []


def test_the_tree_is_an_image_with_every_line_of_descent_in_words():
    svg = tree(RELATIVES)
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Ancestry of the best architectures"
    described = root.find("{*}desc").text
    assert "E5 comes from E3: Tanh of `x < y` is left out." in described
    assert "GRU is where the search began." in described
    shown = {text.text for text in root.findall(".//{*}text")}
    assert shown == {"LSTM 0.900", "GRU 1.000", "E3", "E5 1.020"}
    assert len(root.findall("{*}path")) == 2


def test_children_stand_to_the_right_of_their_parents_and_no_two_at_one_place():
    root = ET.fromstring(tree(RELATIVES))
    circles = [(float(c.get("cx")), float(c.get("cy"))) for c in root.findall(".//{*}circle")]
    assert len(set(circles)) == 2
    assert circles[1][0] != circles[0][0]


def test_the_same_family_in_words():
    assert told(RELATIVES[:3]).count(".") == 3
