from __future__ import annotations

import pytest

from gatedrnn_course.cells import catalogue, parse, whole_step
from gatedrnn_course.cells.edits.single import sites


def test_a_sentence_takes_the_article_with_the_noun_from_the_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    french = {
        "{line} has no {function} around `{arg}`.": "{line} n'a pas de {function} autour de `{arg}`.",
        "the hidden state": "l'état caché",
        "the candidate": "le candidat",
    }
    monkeypatch.setattr("gatedrnn_course.cells.edits.site._", lambda words: french.get(words, words))
    said = {str(site.words) for site in sites(whole_step(catalogue["LSTM"]))}
    assert "L'état caché n'a pas de tanh autour de `c`." in said
    assert any(sentence.startswith("Le candidat n'a pas de tanh autour de `W_c @ x") for sentence in said)


def test_no_sentence_writes_an_article_of_its_own() -> None:
    for cell in catalogue.values():
        for site in sites(whole_step(cell)):
            assert "the {" not in site.words.template.lower()
            assert site.words.english[0] in "`" or site.words.english[0].isupper()


def test_a_line_without_words_is_called_by_its_name() -> None:
    said = {site.words.english for site in sites(whole_step(parse("k = tanh(W_k @ x)\nh = k * h_prev")))}
    assert "The line k has no tanh around `W_k @ x`." in said
