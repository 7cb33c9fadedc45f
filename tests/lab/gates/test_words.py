from __future__ import annotations

import pytest

from gatedrnn_course import catalogue
from gatedrnn_course.lab.gates.flow import flow_of
from gatedrnn_course.lab.gates.words import fill, sentence

FRENCH = {
    "the forget gate": "la porte d'oubli",
    "the input gate": "la porte d'entrée",
    "the candidate": "le candidat",
    "{valve} keeps {share} of {old}, which is {kept}.": "{valve} garde {share} de {old}, soit {kept}.",
    "{valve} lets in {share} of {new}, which is {added}.": "{valve} laisse entrer {share} : {new}, soit {added}.",
}


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("LSTM", "The forget gate f keeps {keep%} of c_prev = {c_prev}, which is {kept}. The input gate i lets in"),
        ("GRU", "The update gate z keeps {keep%} of h_prev = {h_prev}, which is {kept}. The valve 1 - z lets in"),
        ("LSTM 1997", "All of c_prev = {c_prev} is kept. The input gate i lets in {add%} of the candidate c_tilde"),
    ],
)
def test_the_read_out_names_valves_and_states(name: str, begins: str) -> None:
    assert sentence(flow_of(catalogue[name])).startswith(begins)


def test_articles_come_with_their_nouns_from_the_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("cells.words", "lab.gates.words", "lab.gates.flow"):
        monkeypatch.setattr(f"gatedrnn_course.{module}._", lambda words: FRENCH.get(words, words))
    said = sentence(flow_of(catalogue["LSTM"]))
    assert said.startswith("La porte d'oubli f garde {keep%} de c_prev = {c_prev}, soit {kept}.")
    assert "La porte d'entrée i laisse entrer {add%} : le candidat c_tilde = {new}, soit {added}." in said
    assert "The la" not in said and "the le" not in said


def test_numbers_are_filled_in() -> None:
    assert fill("{c}, {keep%}, step {step#}", {"c": 1.6512, "keep": 0.85, "step": 3.0}) == "1.65, 85 %, step 3"
