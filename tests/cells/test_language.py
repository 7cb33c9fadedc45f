from __future__ import annotations

import builtins
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import Cell, CellError, catalogue, parse
from gatedrnn_course.cells.expr import Call, MatMul, Name, Neg, Num, Op
from gatedrnn_course.cells.language import (
    MAX_DEPTH,
    MAX_LINES,
    MAX_WIDTH,
    is_parameter,
    is_state,
    parse_line,
    parse_lines,
)

TOKENS = [
    *"+-*/@()=#.,:;[]{}~^%&|<>!\\'\"\n\t \x00",
    *("x", "h", "h_prev", "c", "c_prev", "W_f", "U_f", "P_f", "b_f", "d_h", "h_next", "p", "_", "__class__"),
    *("sigmoid", "tanh", "relu", "step", "outer", "exp", "1", "0.5", "1e9", "1e999", "1j", "True", "None", "..."),
    *("lambda", "if", "else", "for", "in", "not", "and", "yield", "await", "import", "**", "//", ":=", "->", "T"),
    *("ｈ", "σ", "ĥ", "\u2028", "\ud800", "\U0001f600", "f'{x}'", "'''", "# forget gate"),
]
VALID = [cell.text for cell in catalogue.values()]


def read(text: str) -> Cell | None:
    """The cell, or None for a CellError; anything else goes through."""
    try:
        cell = parse(text)
    except CellError:
        return None
    assert isinstance(cell, Cell)
    assert parse(cell.text).lines == cell.lines
    return cell


anything = settings(deadline=None, max_examples=300)


@anything
@given(st.text())
def test_any_text_is_a_cell_or_a_cell_error(text: str) -> None:
    read(text)


@anything
@given(st.text(max_size=120))
def test_any_right_hand_side_is_a_cell_or_a_cell_error(text: str) -> None:
    read(f"h = {text}")


@anything
@given(st.lists(st.sampled_from(TOKENS), max_size=60), st.sampled_from(["", " "]))
def test_a_soup_of_tokens_is_a_cell_or_a_cell_error(tokens: list[str], glue: str) -> None:
    read(glue.join(tokens))
    read(f"h = {glue.join(tokens)}")


@anything
@given(data=st.data())
def test_a_damaged_cell_is_a_cell_or_a_cell_error(data: Any) -> None:
    text = data.draw(st.sampled_from(VALID))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.one_of(st.sampled_from(TOKENS), st.text(max_size=3))) + text[end:]
    read(text)


@anything
@given(
    opening=st.sampled_from([*"([{-~+'", "not ", "lambda: ", "tanh(", "W_h @ (", "x + ", "x ** ", "1 if x else "]),
    times=st.integers(0, 5000),
)
def test_nesting_of_any_depth_is_a_cell_or_a_cell_error(opening: str, times: int) -> None:
    closing = {"(": ")", "[": "]", "{": "}"}.get(opening[-1], "")
    read(f"h = {opening * times}W_h @ x{closing * times}")


@pytest.mark.parametrize("inside", ["~" * 380, "+" * 380, "not " * 95, "x" + "[0]" * 130, "x" + ".T" * 195])
def test_deep_nesting_of_what_is_not_allowed_is_a_cell_error(inside: str) -> None:
    with pytest.raises(CellError):
        parse(f"h = {inside}x" if inside[0] != "x" else f"h = {inside}")


@pytest.mark.parametrize("text", ["h = x\x00", "h = '\ud800'", "h = W_h @ x" + " " * 10**6 + "+ 1", "x\n" * 10**5])
def test_odd_texts_are_cell_errors(text: str) -> None:
    with pytest.raises(CellError):
        parse(text)


@pytest.mark.parametrize("value", [None, 3, b"h = x", ["h = x"]])
def test_what_is_no_text_is_a_cell_error(value: Any) -> None:
    with pytest.raises(CellError, match="text of equations"):
        parse(value)


ATTACKS = [
    "h = __import__('os').system('touch hacked')",
    "h = open('hacked', 'w')",
    "h = exec('import os')",
    "h = eval('1')",
    "h = tanh(print('x'))",
    "h = [print(1) for _ in x]",
    "h = x.__class__.__bases__[0].__subclasses__()",
    "h = (lambda: print(1))()",
    "h = f'{print(1)}'",
    "h = tanh(x) if print(1) else x",
    "h = (y := print(1))",
    "import os",
    "h = x; import os",
    "@print\ndef h(): pass",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_is_ever_executed(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    called: list[Any] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "system", called.append)
    for name in ("print", "open", "exec", "eval"):
        monkeypatch.setattr(builtins, name, lambda *args: called.append(args))
    with pytest.raises(CellError):
        parse(text)
    monkeypatch.undo()
    assert not called
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("h = sin(x)", "sin(x)"),
        ("h = x ** 2", "x ** 2"),
        ("h = x % 2", "x % 2"),
        ("h = x[0]", "x[0]"),
        ("h = x.T", "x.T"),
        ("h = W_h.T @ x", "W_h.T"),
        ("h = x if x else 0", "x if x else 0"),
        ("h = tanh(x, x)", "tanh(x, x)"),
        ("h = tanh()", "tanh()"),
        ("h = tanh(a=x)", "tanh(a=x)"),
        ("h = True * x", "True"),
        ("h = 1j * x", "1j"),
        ("h = 'x'", "'x'"),
        ("h = 2e6 * x", "is not part of the language"),
        ("h = p * x", "p"),
        ("h = +x", "+x"),
        ("h = outer(x, x)", "outer(x, x)"),
        ("h = step(x)", "step(x)"),
        ("h = x @ W_h", "Write a matrix on the left"),
        ("h = (2 * W_h) @ x", "2 * W_h"),
        ("h = b_h @ x", "b_h"),
        ("h += x", "not an equation"),
        ("h == x", "not an equation"),
        ("tanh(x)", "not an equation"),
        ("h = x; c = x", "not an equation"),
        ("h = c = x", "exactly one name"),
        ("h, c = x", "exactly one name"),
        ("h[0] = x", "exactly one name"),
        ("h = (x", "cannot be read"),
        ("h = x x", "cannot be read"),
        ("x = tanh(h_prev)", "`x` cannot be defined"),
        ("W_f = x", "`W_f` cannot be defined"),
        ("h_prev = x", "`h_prev` cannot be defined"),
        ("tanh = x", "`tanh` cannot be defined"),
        ("p = x", "`p` cannot be defined"),
        ("d_h = x", "`d_h` cannot be defined"),
        ("h_next = x", "`h_next` cannot be defined"),
        ("_h = x", "`_h` cannot be defined"),
        ("h = W_h @ x + " + " + ".join(["b_h"] * 60), "nested too deeply"),
    ],
)
def test_an_error_quotes_the_line_says_what_is_wrong_and_what_is_allowed(line: str, said: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_lines(f"f = sigmoid(W_f @ x)\n  {line}   # hidden state")
    message = str(caught.value)
    assert line in message
    assert said in message
    assert "+ - * / @, numbers, sigmoid, tanh, relu, exp, softplus, softsign, x, *_prev, W_*, U_*, P_*, b_*" in message


def test_a_line_too_long_is_quoted_in_part() -> None:
    with pytest.raises(CellError, match="longer than") as caught:
        parse("h = " + "W_h @ x + " * 10**5 + "b_h")
    assert len(str(caught.value)) < 2 * MAX_WIDTH


@pytest.mark.parametrize("length", [300, MAX_WIDTH - 1, MAX_WIDTH])
@pytest.mark.parametrize("operator", ["+", " + "])
def test_a_long_line_is_read_back_from_the_text_of_its_cell_or_refused(length: int, operator: str) -> None:
    start = "h = " + operator.join(f"W_{k}@x" for k in range(length // 12)) + operator
    read(f"{start}b_{'h' * (length - len(start) - 2)}\nlonger = tanh(h)")


def test_there_is_a_most_of_lines() -> None:
    lines = [f"g{k} = tanh(W_g @ x)" for k in range(MAX_LINES)]
    with pytest.raises(CellError, match=f"at most {MAX_LINES}"):
        parse("\n".join([*lines, "h = g0"]))
    assert len(parse("\n".join([*lines[1:], "h = g1"])).lines) == MAX_LINES


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("a - b - c", Op("-", Op("-", Name("a"), Name("b")), Name("c"))),
        ("a - (b - c)", Op("-", Name("a"), Op("-", Name("b"), Name("c")))),
        ("-a * 2", Op("*", Neg(Name("a")), Num(2.0))),
        ("W_f @ x + b_f", Op("+", MatMul(Name("W_f"), Name("x")), Name("b_f"))),
        ("U_h @ (r * h_prev)", MatMul(Name("U_h"), Op("*", Name("r"), Name("h_prev")))),
        ("U_2 @ relu(x)", MatMul(Name("U_2"), Call("relu", Name("x")))),
    ],
)
def test_an_expression_is_read_as_python_reads_it(text: str, expr: Any) -> None:
    assert parse_line(f"y = {text}").expr == expr


def test_the_comment_is_the_name_in_words() -> None:
    assert [line.words for line in parse_lines("f = x  #  forget gate \n\n# alone\ng = x")] == ["forget gate", "g"]


@pytest.mark.parametrize(
    ("name", "parameter", "state"),
    [
        ("W_f", True, False),
        ("U_2", True, False),
        ("P_o", True, False),
        ("b_h", True, False),
        ("W", False, False),
        ("h_prev", False, True),
        ("c_tilde_prev", False, True),
        ("_prev", False, False),
        ("b_prev", False, True),
        ("w_f", False, False),
        ("W_f\n", False, False),
        ("x", False, False),
        ("Wf", False, False),
    ],
)
def test_names_give_kinds(name: str, parameter: bool, state: bool) -> None:
    assert (is_parameter(name), is_state(name)) == (parameter, state)


RESERVED = ("x", "p", "sigmoid", "tanh", "relu", "step", "outer", "batch_sum", "d_c", "d_W_f", "c_next", "d__next")


@pytest.mark.parametrize("name", [*RESERVED, "h_prev", "W_f", "U_f", "P_f", "b_f"])
def test_a_name_with_a_meaning_of_its_own_is_not_defined_by_a_line(name: str) -> None:
    with pytest.raises(CellError, match=f"`{name}` cannot be defined by a line"):
        parse_line(f"{name} = tanh(h_prev)")


@pytest.mark.parametrize("name", ["y", "steps", "xs", "outer_h", "d", "nextly", "px", "a_d_c", "next"])
def test_a_name_that_only_looks_like_one_of_these_is_free(name: str) -> None:
    assert parse_line(f"{name} = tanh(h_prev)").name == name


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "p"])
def test_a_function_and_p_are_no_values(name: str) -> None:
    with pytest.raises(CellError, match=f"`{name}` is not part of the language"):
        parse_line(f"h = 2 * {name}")


@pytest.mark.parametrize("call", ["tanh(x, out=x)", "tanh(x, where=h_prev)", "tanh(x, **x)", "tanh(x=x)"])
def test_a_function_takes_one_value_and_no_keywords(call: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_line(f"h = {call}")
    assert f"`{call}` is not part of the language" in str(caught.value)


@pytest.mark.parametrize("length", [MAX_WIDTH - 1, MAX_WIDTH, MAX_WIDTH + 1])
def test_blanks_inside_a_line_count_as_written_and_around_it_do_not(length: int) -> None:
    line = f"h = tanh(W_h @ x{' ' * (length - len('h = tanh(W_h @ x)'))})"
    assert len(line) == length
    for text in (line, f"   {line}   ", f"{line}  # {'words ' * 100}"):
        if length > MAX_WIDTH:
            with pytest.raises(CellError, match=f"longer than {MAX_WIDTH}"):
                parse_line(text)
        else:
            assert parse_line(text).name == "h"


@pytest.mark.parametrize(
    ("opening", "closing"), [("-", ""), ("x+(", ")"), ("(", "+x)"), ("U_h@(", ")"), ("tanh(", ")")]
)
def test_an_expression_may_be_as_deep_as_is_said_and_no_deeper(opening: str, closing: str) -> None:
    for depth in (MAX_DEPTH, MAX_DEPTH + 1):
        line = f"h = {opening * depth}x{closing * depth}"
        assert len(line) <= MAX_WIDTH
        if depth > MAX_DEPTH:
            with pytest.raises(CellError, match="nested too deeply"):
                parse_line(line)
        else:
            assert parse_line(line).name == "h"
