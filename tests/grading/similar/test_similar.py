"""Copies are found whatever was renamed, what is given is taken off, and independent work stays apart."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gatedrnn_course.cli import app
from gatedrnn_course.grading.similar.compare import Comparison, compare
from gatedrnn_course.grading.similar.pages import write_similar
from gatedrnn_course.grading.similar.tokens import Token, tokens_of
from gatedrnn_course.grading.units import load

GIVEN = """import numpy as np

def load_text(path):
    lines = []
    for line in open(path):
        parts = line.strip().split(",")
        if len(parts) > 3 and parts[0] != "name":
            lines.append([float(part) / 100 for part in parts[1:]])
    return np.array(lines).mean(axis=0), len(lines) + 1
"""
LOOP = '''def forget_gate(x, h_prev, p):
    """How much of the old state stays."""
    total = p.b_f.copy()  # starts with the bias
    for k in range(x.shape[-1]):
        total = total + x[..., k, None] * p.W_f[:, k]
    for k in range(h_prev.shape[-1]):
        total = total + h_prev[..., k, None] * p.U_f[:, k]
    small = total < -30
    total[small] = -30
    return 1.0 / (1.0 + np.exp(-total))
'''
COPY = """def forget_gate(inputs: np.ndarray, state, weights) -> "gate":
    # my own work
    s = weights.b_f.copy()
    for index in range(inputs.shape[-1]):
        s = s + inputs[..., index, None] * weights.W_f[:, index]

    for index in range(state.shape[-1]):
        s = (s + state[..., index, None]
               * weights.U_f[:, index])
    low = s < -30
    s[low] = -30
    "done"
    return 1.0 / (1.0 + np.exp(-s))
"""
OTHER = """def forget_gate(x, h_prev, p):
    joined = np.concatenate([x, h_prev], axis=-1)
    matrix = np.hstack([p.W_f, p.U_f])
    logits = np.einsum("...d,hd->...h", joined, matrix) + p.b_f
    positive = logits >= 0
    power = np.exp(np.where(positive, -logits, logits))
    return np.where(positive, 1 / (1 + power), power / (1 + power))
"""


def pairs(found: Comparison) -> list[tuple[str, str]]:
    return [(pair.first, pair.second) for pair in found.pairs]


def test_names_comments_texts_annotations_and_layout_leave_no_trace() -> None:
    assert [token.kind for token in tokens_of(LOOP)] == [token.kind for token in tokens_of(COPY)]


def test_what_is_computed_leaves_a_trace() -> None:
    kinds = [token.kind for token in tokens_of(LOOP)]
    for this, that in (("exp", "tanh"), ("-30", "-40"), ("p.W_f", "p.W_i"), ("total + x", "total - x")):
        assert kinds != [token.kind for token in tokens_of(LOOP.replace(this, that))]


def test_a_copy_is_found_and_independent_work_is_not() -> None:
    found = compare({"ana": [LOOP], "ben": [COPY], "cem": [OTHER]}, [GIVEN])
    assert pairs(found) == [("ana", "ben")]
    assert found.pairs[0].share == pytest.approx(1)
    assert found.compared == 3


def test_a_copy_that_was_edited_shares_most(tmp_path: Path) -> None:
    edited = COPY.replace("    low = s < -30\n    s[low] = -30\n", "    print(s.shape)\n")
    (pair,) = compare({"ana": [LOOP], "ben": [edited], "cem": [OTHER]}).pairs
    assert 0.6 < pair.share < 0.95


def test_moved_and_split_cells_change_little() -> None:
    first, second = LOOP, OTHER.replace("forget_gate", "input_gate")
    (pair,) = compare({"ana": [first, second], "ben": [second, "x = 1", first]}).pairs
    assert pair.share > 0.8


def test_what_everybody_was_given_is_taken_off() -> None:
    submissions = {"ana": [GIVEN, LOOP], "ben": [GIVEN, OTHER]}
    assert pairs(compare(submissions, [GIVEN])) == []
    assert compare(submissions, least=0.3).pairs[0].share > 0.3
    assert compare({"ana": [GIVEN], "ben": [GIVEN]}, [GIVEN]).too_short == ("ana", "ben")


def test_a_whole_class_of_copies_is_told() -> None:
    found = compare({f"s{k:02d}": [LOOP, f"mine = {k}"] for k in range(12)})
    assert len(found.pairs) == 12 * 11 / 2


def test_lines_in_common_are_marked_over_all_cells() -> None:
    (pair,) = compare({"ana": ["a = 1\nb = 2\n", LOOP], "ben": [COPY]}).pairs
    first, second = pair.lines
    assert min(first) >= 2
    text = "".join(["a = 1\nb = 2\n", LOOP]).splitlines()
    assert {text[line].strip() for line in first} >= {"total[small] = -30", "small = total < -30"}
    assert 1 not in second, "the comment is in no run"


@pytest.mark.parametrize(
    "source", ["def f(:\n  x", "(" * 3000, "x" * (2 << 20), "'''", "\x00", "a\n  b\n c", "x = 0x" + "f" * 9999]
)
def test_what_is_no_python_is_compared_as_far_as_it_goes(source: str) -> None:
    assert all(isinstance(token, Token) for token in tokens_of(source))
    assert pairs(compare({"ana": [source, LOOP], "ben": [source, COPY]})) in ([], [("ana", "ben")])


class Reader(HTMLParser):
    """Collects tags and texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_pages_show_both_sides_and_run_nothing(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>"
    submissions = {name: [LOOP + "\ny = '</pre><script>\x1b[31m'"], "ben": [COPY]}
    index = write_similar(tmp_path, load("03"), compare(submissions), submissions)
    table = Reader(index.read_text("utf-8"))
    assert "This says what is alike, and nothing about why." in table.text
    assert "side by side" in table.text
    pair = (tmp_path / "pair_001.html").read_text("utf-8")
    side = Reader(pair)
    assert "total[small] = -30" in side.text and "s[low] = -30" in side.text
    for page in (table, side):
        assert "script" not in page.tags
    assert "\x1b" not in pair
    assert "┃" in pair


def test_the_command_reads_a_class_and_takes_off_the_exercise(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    for student, source in (("ana", LOOP), ("ben", COPY), ("cem", OTHER)):
        cells = [
            {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": one}
            for one in ("import numpy as np", source)
        ]
        text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
        (folder / f"{student}.ipynb").write_text(text)
    result = CliRunner().invoke(app, ["similar", str(folder), "--unit", "03", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "100%  ana, ben" in result.stdout
    assert "1 pair among 3 submissions; nothing is judged by it." in result.stdout
    assert (tmp_path / "out" / "pair_001.html").is_file()
