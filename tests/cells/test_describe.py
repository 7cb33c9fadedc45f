from __future__ import annotations

import pytest

from gatedrnn_course.cells import backward_of, catalogue, describe, parse
from gatedrnn_course.cells.describe import describe_line, say
from gatedrnn_course.cells.language import parse_line


def spoken(text: str) -> str:
    return say(parse_line(f"y = {text}").expr)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("W_f @ x + b_f", "W f times x plus b f"),
        ("sigmoid(W_f @ x + b_f)", "sigmoid of the quantity W f times x plus b f"),
        ("o * tanh(c)", "o times tanh of c"),
        ("U_h @ (r * h_prev)", "U h times the quantity r times h of the step before"),
        ("f / (f + i)", "f divided by the quantity f plus i"),
        ("-c", "minus c"),
        ("c_tilde - 0.5", "c tilde minus 0.5"),
    ],
)
def test_an_expression_is_read_aloud(text: str, words: str) -> None:
    assert spoken(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 - z * h", "(1 - z) * h"),
        ("U_h @ r * h", "U_h @ (r * h)"),
        ("a - (b + c)", "a - b + c"),
        ("tanh(a + b) + c", "tanh(a + b + c)"),
        ("tanh(a / b)", "tanh(a) / b"),
        ("U_h @ (a / b)", "U_h @ a + a / b"),
        ("-(a + b)", "-a + b"),
        ("a / (b / c)", "a / b / c"),
    ],
)
def test_different_expressions_sound_different(one: str, other: str) -> None:
    assert spoken(one) != spoken(other)


def test_a_sum_may_begin_with_minus() -> None:
    assert spoken("-a + b") == "minus a plus b"


def test_a_line_is_a_sentence() -> None:
    line = catalogue["peephole LSTM Gers"].line("h")
    assert describe_line(line) == "The hidden state h is o times c."


@pytest.mark.parametrize("name", catalogue)
def test_a_cell_is_sentences_from_what_it_receives_to_what_it_hands_on(name: str) -> None:
    cell = catalogue[name]
    text = describe(cell)
    assert text.startswith(f"The {name} receives {'the input x, ' if cell.inputs else ''}h of the step before")
    assert text.endswith(f"It hands on {', '.join(cell.states)}.")
    assert all(describe_line(line) in text for line in cell.lines)
    assert "  " not in text
    assert not set("@*_=()") & set(text.replace(name, ""))


def test_no_two_cells_of_different_equations_sound_alike() -> None:
    sentences = {cell.lines: [describe_line(line) for line in cell.lines] for cell in catalogue.values()}
    assert len({tuple(s) for s in sentences.values()}) == len(sentences)


def test_backward_equations_can_be_said_too() -> None:
    words = [describe_line(line) for line in backward_of(catalogue["LSTM"]).lines]
    assert any("transposed times" in sentence for sentence in words)
    assert not any("  " in sentence or "@" in sentence for sentence in words)


def test_a_line_without_words_is_called_by_its_name() -> None:
    assert "The gate one gate one is" not in describe(parse("gate_one = tanh(W_g @ x)\nh = gate_one"))


def test_a_line_without_words_is_a_line() -> None:
    cell = parse("gate_one = tanh(W_g @ x)\nh = gate_one")
    assert describe_line(cell.line("gate_one")) == "The line gate one is tanh of W g times x."


def test_a_part_receives_what_it_uses_and_hands_on_nothing() -> None:
    assert describe(catalogue["LSTM"], "i") == (
        "The LSTM receives the input x, h of the step before. "
        "The forget gate f is sigmoid of the quantity W f times x plus U f times h of the step before plus b f. "
        "The input gate i is sigmoid of the quantity W i times x plus U i times h of the step before plus b i."
    )
    assert describe(catalogue["LSTM"], "h") == describe(catalogue["LSTM"])
