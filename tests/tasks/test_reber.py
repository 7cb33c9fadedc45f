from __future__ import annotations

import re

import numpy as np
import pytest

from gatedrnn_course.tasks import ContinualReber, EmbeddedReber
from gatedrnn_course.tasks.reber import SYMBOLS, embedded_string, legal_most_active

GRAMMAR = re.compile(r"B(?:TS*X(?:XT*VP)*(?:S|XT*VV)|PT*V(?:PXT*V)*(?:V|PS))E")
"""Reber's grammar once more, as a regular expression written from its drawing."""


def inner(text: str) -> str:
    return text[2:-2]


def strings(task: EmbeddedReber, split: str) -> list[str]:
    return [
        "".join(SYMBOLS[s] for s in [*sequence.inputs.argmax(-1), sequence.targets[-1]])
        for sequence in task.sequences(split)
    ]


def test_strings_obey_the_grammar():
    rng = np.random.default_rng(0)
    for _draw in range(2000):
        text, legal = embedded_string(rng)
        assert GRAMMAR.fullmatch(inner(text)), text
        assert text[0] == "B"
        assert text[-1] == "E"
        assert text[1] == text[-2]
        assert text[1] in "TP"
        assert all(letter in allowed for letter, allowed in zip(text, legal, strict=True))


def test_edges_have_probability_one_half():
    rng = np.random.default_rng(1)
    texts = [embedded_string(rng)[0] for _draw in range(20_000)]
    assert np.mean([text[1] == "T" for text in texts]) == pytest.approx(0.5, abs=0.01)
    assert np.mean([text[3] == "T" for text in texts]) == pytest.approx(0.5, abs=0.01)
    assert np.mean([inner(text) == "BTXSE" for text in texts]) == pytest.approx(1 / 8, abs=0.01)
    assert min(map(len, texts)) == 9


def test_256_strings_a_part_none_twice():
    task = EmbeddedReber()
    parts = {split: strings(task, split) for split in ("train", "valid", "test")}
    assert [len(part) for part in parts.values()] == [256, 256, 256]
    assert len(set().union(*parts.values())) == 768
    assert abs(np.mean([len(t) for t in parts["train"]]) - np.mean([len(t) for t in parts["test"]])) < 2


def test_another_pair_is_another_collection():
    assert strings(EmbeddedReber(pair=1), "train") != strings(EmbeddedReber(), "train")


def test_the_last_but_one_symbol_is_legal_only_if_it_matches():
    batch = EmbeddedReber().batch(0, 20)
    assert batch.truth is not None
    for b, length in enumerate(batch.lengths):
        assert batch.truth[length - 2, b].tolist() == batch.inputs[1, b].tolist()


def test_a_tie_between_legal_and_other_outputs_is_wrong():
    truth = np.array([[[1.0, 1.0, 0.0]]])
    assert legal_most_active(np.array([[[2.0, 3.0, 1.0]]]), truth).all()
    assert not legal_most_active(np.array([[[1.0, 3.0, 1.0]]]), truth).any()


def test_every_string_of_training_and_test_must_be_right():
    criterion = EmbeddedReber().criterion
    assert (criterion.sequences, criterion.wrong) == (512, 0)


def test_a_continual_stream_is_strings_end_to_end():
    batch = ContinualReber(500).batch(0, 3)
    for b in range(3):
        text = "".join(SYMBOLS[s] for s in batch.inputs[:, b].argmax(-1))
        assert re.sub(r"E(?=B[TP]B)", "E|", text).count("|") > 20
        for string in re.sub(r"E(?=B[TP]B)", "E|", text).split("|")[:-1]:
            assert string[1] == string[-2]
            assert GRAMMAR.fullmatch(inner(string)), string


def test_after_the_end_a_new_string_begins():
    batch = ContinualReber(2000).batch(0, 1)
    symbols = batch.inputs[:, 0].argmax(-1)
    after_inner_and_outer_e = batch.targets[symbols == SYMBOLS.index("E"), 0]
    assert set(map(tuple, after_inner_and_outer_e)) == {
        tuple(float(letter == wanted) for letter in SYMBOLS) for wanted in "BTP"
    }


def test_predictions_before_the_first_error_are_counted(oracle):
    task = ContinualReber(100)
    batch = task.batch(0, 2)
    outputs = oracle(task, batch)
    outputs[40, 1] *= -1
    assert task.predicted(outputs, batch).tolist() == [100, 40]
