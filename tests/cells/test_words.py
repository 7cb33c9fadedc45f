from __future__ import annotations

import pytest

from gatedrnn_course.cells import Line, catalogue, parse
from gatedrnn_course.cells.words import NOUNS, noun, opening, the


def test_every_line_of_the_catalogue_has_its_noun_with_article() -> None:
    assert {line.words for cell in catalogue.values() for line in cell.lines} == set(NOUNS)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (catalogue["LSTM"].line("f"), "the forget gate"),
        (parse("k = tanh(W_k @ x)\nh = k").line("k"), "the line k"),
        (parse("h = tanh(W_h @ x)  # last word").line("h"), "the last word"),
    ],
)
def test_a_line_carries_its_article(line: Line, words: str) -> None:
    assert the(line) == noun(line) == words


def test_an_article_opens_a_sentence() -> None:
    assert opening("the forget gate") == "The forget gate"
    assert opening("") == ""


def test_an_article_comes_from_the_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    french = {"the candidate": "le candidat", "the hidden state": "l'état caché"}
    monkeypatch.setattr("gatedrnn_course.cells.words._", lambda words: french.get(words, words))
    assert the(catalogue["LSTM"].line("c_tilde")) == "le candidat"
    assert opening(the(catalogue["LSTM"].line("h"))) == "L'état caché"
