from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.cells.catalogue import GRU, LSTM, ODYSSEY, catalogue
from gatedrnn_course.cells.cell import parse
from gatedrnn_course.cells.edits.behaviour import behaviour, same_architecture
from gatedrnn_course.cells.edits.mutate import mutate

RENAMED = """
s = sigmoid(b_a + U_b @ h_prev + W_z @ x)
u = sigmoid(W_r @ x + b_r + U_r @ h_prev)
q = tanh(U_1 @ (h_prev * s) + b_9 + W_4 @ x)
h = (1 - u) * q + u * h_prev
"""
SWAPPED = """
z = sigmoid(W_z @ x + U_z @ h_prev + b_z)
r = sigmoid(W_r @ x + U_r @ h_prev + b_r)
h_tilde = tanh(W_h @ x + U_h @ (r * h_prev) + b_h)
h = (1 - z) * h_prev + z * h_tilde
"""
BETWEEN = SWAPPED.replace("(1 - z) * h_prev + z * h_tilde", "h_prev + z * (h_tilde - h_prev)")
FLIPPED = SWAPPED.replace("r * h_prev", "(1 - r) * h_prev").replace("tanh(W_h @ x", "tanh(-(W_h @ x)")
OTHER_RESET = SWAPPED.replace("r * h_prev", "z * h_prev")


@pytest.mark.parametrize("text", [RENAMED, SWAPPED, BETWEEN, FLIPPED], ids=["renamed", "swapped", "between", "flipped"])
def test_the_gru_under_other_names_and_signs_is_the_gru(text):
    assert same_architecture(parse(text), GRU)


def test_state_names_and_lines_nobody_needs_do_not_count():
    text = LSTM.text.replace("c_prev", "memory_prev").replace("tanh(c)", "tanh(memory)").replace("c = f", "memory = f")
    assert same_architecture(parse(text), LSTM)
    negative = LSTM.text.replace("+ i * c_tilde", "- i * c_tilde")
    assert same_architecture(parse(negative), LSTM)  # the sign goes into the candidate's weights


@pytest.mark.parametrize("text", [OTHER_RESET, SWAPPED.replace("tanh", "sigmoid"), SWAPPED.replace(" + b_h", "")])
def test_another_function_is_another_architecture(text):
    assert not same_architecture(parse(text), GRU)


def test_a_diagonal_is_part_of_the_architecture():
    plain, path = parse("h = tanh(W_h @ x + U_h @ h_prev)"), parse("h = tanh(W_h @ x + U_h @ h_prev + 0.9 * h_prev)")
    assert not same_architecture(plain, path)


def test_the_catalogue_falls_into_its_architectures():
    cells = [cell for cell in catalogue.values() if cell.inputs]
    classes: dict[str, set[str]] = {}
    for cell in cells:
        classes.setdefault(behaviour(cell), set()).add(cell.name)
    alike = sorted(map(sorted, (names for names in classes.values() if len(names) > 1)))
    assert alike == [
        ["GRU", "MUT2"],  # once x is brought to the width of h by a matrix; z weighs the other state
        ["LSTM", "LSTM-b", "NP"],  # LSTM-b only starts elsewhere
        ["LSTM 1997", "LSTM-f"],
        ["NOAF", "peephole LSTM Gers"],
        ["V", "peephole LSTM"],
    ]
    assert len(ODYSSEY) == len({behaviour(cell) for cell in ODYSSEY.values()})


def permuted(cell, rng):
    """The cell with its parameters renamed at random, matrices among matrices."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for name in cell.parameters:
        kinds.setdefault(cell.shape(name), []).append(name)
    text = cell.text
    for names in kinds.values():
        for name, k in zip(names, rng.permutation(len(names)), strict=True):
            text = text.replace(f"{name} ", f"{name[0]}_new{k}q ").replace(f"{name})", f"{name[0]}_new{k}q)")
            text = text.replace(f"{name}\n", f"{name[0]}_new{k}q\n")
    return parse(text)


def test_mutants_are_recognised_under_other_names():
    rng, found = np.random.default_rng(11), 0
    for seed in range(40):
        cell = mutate(GRU if seed % 2 else LSTM, np.random.default_rng(seed)).cell
        found += same_architecture(cell, permuted(cell, rng))
    assert found == 40
