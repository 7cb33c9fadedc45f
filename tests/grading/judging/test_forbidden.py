from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatedrnn_course.grading.judging.forbidden import forbidden_use, refusal

FORBIDDEN = ("torch.nn.LSTM", "torch.nn.LSTMCell", "gatedrnn_course.cells")


def used(*cells: str, name: str = "lstm_step") -> str:
    return forbidden_use(cells, name, FORBIDDEN)


STEP = "def lstm_step(x, h_prev, c_prev, p):\n    return {}(x, (h_prev, c_prev))\n"


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("import torch", "torch.nn.LSTMCell(3, 4)"),
        ("import torch as t", "t.nn.LSTMCell(3, 4)"),
        ("import torch.nn as nn", "nn.LSTMCell(3, 4)"),
        ("import torch.nn", "torch.nn.LSTMCell(3, 4)"),
        ("from torch import nn", "nn.LSTMCell(3, 4)"),
        ("from torch import nn as layers", "layers.LSTMCell(3, 4)"),
        ("from torch.nn import LSTMCell", "LSTMCell(3, 4)"),
        ("from torch.nn import LSTMCell as Mine", "Mine(3, 4)"),
        ("from torch.nn import *", "LSTMCell(3, 4)"),
        ("import torch\nn = torch.nn", "n.LSTMCell(3, 4)"),
        ("import torch\nMine = torch.nn.LSTMCell", "Mine(3, 4)"),
        ("import torch", "getattr(torch.nn, 'LSTMCell')(3, 4)"),
        ("import torch", "vars(torch.nn)['LSTMCell'](3, 4)"),
        ("import importlib", "importlib.import_module('torch.nn.LSTMCell')"),
    ],
)
def test_every_way_to_reach_it_is_found(imports: str, call: str) -> None:
    assert used(imports, STEP.format(call)) == "torch.nn.LSTMCell"


@pytest.mark.parametrize("inside", ["import torch.nn as nn", "from torch import nn", "import torch\n    nn = torch.nn"])
def test_an_import_inside_the_function(inside: str) -> None:
    source = f"def lstm_step(x, h, c, p):\n    {inside}\n    return nn.LSTMCell(3, 4)(x, (h, c))"
    assert used(source) == "torch.nn.LSTMCell"


@pytest.mark.parametrize(
    "made",
    [
        "cell = nn.LSTMCell(3, 4)",
        "cell: nn.Module = nn.LSTMCell(3, 4)",
        "cell, n = nn.LSTMCell(3, 4), 4",
    ],
)
def test_an_object_made_in_another_cell(made: str) -> None:
    assert used("from torch import nn", made, STEP.format("cell")) == "torch.nn.LSTMCell"


def test_through_helpers_and_classes() -> None:
    cells = (
        "import torch",
        "class Cell(torch.nn.LSTMCell):\n    pass",
        "def make():\n    return Cell(3, 4)",
        "def helper(x, h):\n    return make()(x, h)",
        "def lstm_step(x, h_prev, c_prev, p):\n    return helper(x, (h_prev, c_prev))",
    )
    assert used(*cells) == "torch.nn.LSTMCell"


def test_a_helper_defined_in_a_later_cell() -> None:
    later = "import torch\ndef go(x):\n    return torch.nn.LSTM(3, 4)(x)"
    assert used("def lstm_step(x, h, c, p):\n    return go(x)", later)


def test_the_courses_own_cells() -> None:
    assert used("from gatedrnn_course.cells import step", STEP.format("step")) == "gatedrnn_course.cells"
    assert used("from gatedrnn_course import cells", STEP.format("cells.step")) == "gatedrnn_course.cells"
    assert used("from gatedrnn_course import sigmoid", STEP.format("sigmoid")) == ""


def test_a_lambda_and_a_decorator() -> None:
    assert used("import torch", "lstm_step = lambda x, h, c, p: torch.nn.LSTMCell(3, 4)(x, (h, c))")
    assert used("import torch\ndef via(f):\n    return torch.nn.LSTMCell(3, 4)", "@via\ndef lstm_step(x, h, c, p): ...")


def test_use_elsewhere_in_the_notebook_is_allowed() -> None:
    cells = (
        "import torch\nfrom torch import nn",
        "reference = nn.LSTMCell(3, 4)\nc = nn.LSTM(3, 4)",
        "def compare():\n    return reference(torch.zeros(1, 3))",
        "def lstm_step(x, h_prev, c_prev, p):\n    c = x + c_prev\n    return c * h_prev, c",
        "compare()",
    )
    assert used(*cells) == ""


def test_other_layers_are_allowed() -> None:
    assert used("import torch", STEP.format("torch.nn.Linear(3, 4)")) == ""
    assert used("import torch", STEP.format("torch.nn.LSTMCellular")) == ""


def test_the_last_written_definition_counts() -> None:
    with_it = "import torch\ndef lstm_step(x, h, c, p):\n    return torch.nn.LSTM(3, 4)(x)"
    own = "def lstm_step(x, h, c, p):\n    return h, c"
    empty = 'def lstm_step(x, h, c, p):\n    """To be written."""\n    ...'
    assert used(with_it, own) == ""
    assert used(own, with_it) == "torch.nn.LSTM"
    assert used(with_it, empty) == "torch.nn.LSTM"


def test_what_a_function_judged_by_itself_uses_is_its_own_affair() -> None:
    made = "import torch\ndef forget_gate(x):\n    return torch.nn.LSTM(3, 4)(x)"
    cells = (made, "def lstm_step(x):\n    return forget_gate(x)")
    assert forbidden_use(cells, "lstm_step", FORBIDDEN, {"forget_gate"}) == ""
    assert forbidden_use(cells, "forget_gate", FORBIDDEN, {"forget_gate"}) == "torch.nn.LSTM"


def test_circles_broken_cells_and_missing_functions() -> None:
    assert used("def lstm_step(x):\n    return other(x)", "def other(x):\n    return lstm_step(x)") == ""
    assert used("def broken(:", "import torch", STEP.format("torch.nn.LSTMCell(3, 4)")) == "torch.nn.LSTMCell"
    assert used("x = 1") == used() == ""
    assert used("\0", "(" * 500) == ""


@pytest.mark.parametrize(
    "cells",
    [
        ("class LSTMCell:\n    def __call__(self, x, s): return s", STEP.format("getattr(p, 'cell', LSTMCell())")),
        ("def lstm_cell(x, s): return s", STEP.format("lstm_cell") + "    getattr(p, 'W_f')"),
        ("import torch", "def lstm_step(x, h, c, p):\n    plt.title('LSTM')\n    return getattr(p, 'W_f') @ x"),
        ("import torch", "def lstm_step(x, h, c, p):\n    print('torch.nn.LSTM')\n    return getattr(p, 'LSTM')"),
        ("from torch.nn import *", "class LSTMCell:\n    pass", STEP.format("LSTMCell()")),
        ("from torch.nn import LSTMCell", "class LSTMCell:\n    pass", STEP.format("LSTMCell()")),
        ("import torch", "def lstm_step(x, h, c, p):\n    return {'LSTM': x}['LSTM']"),
        ("import torch", "def LSTM(x, s): return s", STEP.format("LSTM") + "    vars(p)['LSTM']"),
    ],
)
def test_own_names_and_other_strings_are_nobodys(cells: tuple[str, ...]) -> None:
    assert used(*cells) == ""


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("import torch", "getattr(torch.nn, 'LSTM' + 'Cell')(3, 4)"),
        ("import torch.nn as nn", "nn.__dict__['LSTMCell'](3, 4)"),
        ("import sys, torch", "sys.modules['torch.nn'].LSTMCell(3, 4)"),
        ("import importlib, torch", "importlib.import_module('torch.nn').LSTMCell(3, 4)"),
        ("import torch", "__import__('torch.nn').LSTMCell(3, 4)"),
        ("import torch", "getattr(getattr(torch, 'nn'), 'LSTMCell')(3, 4)"),
        ("import torch\nmake = torch.nn.LSTMCell", "globals()['make'](3, 4)"),
        ("class LSTMCell:\n    pass\nfrom torch.nn import LSTMCell", "LSTMCell(3, 4)"),
    ],
)
def test_names_as_strings_are_followed(imports: str, call: str) -> None:
    assert used(imports, STEP.format(call)) == "torch.nn.LSTMCell"


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert used(text) == ""


def test_words() -> None:
    assert refusal("lstm_step", "torch.nn.LSTM") == (
        "`lstm_step` uses torch.nn.LSTM, which this exercise asks you to build yourself."
    )


@pytest.mark.parametrize(
    "body",
    [
        "global cell\n    cell = cell or 1\n    return cell(x)",
        "global cell\n    out = cell(x)\n    cell = cell\n    return out",
        "global h, cell\n    h = cell(x)\n    cell = 3\n    return h",
    ],
)
def test_a_name_declared_global_is_the_modules_and_not_the_functions_own(body: str) -> None:
    """An answer that assigns to a forbidden helper after `global` still calls the module's."""
    made = "import torch\ncell = torch.nn.LSTMCell(3, 4)"
    assert used(made, f"def lstm_step(x, h_prev, c_prev, p):\n    {body}") == "torch.nn.LSTMCell"
    own = body.replace("global h, cell\n    ", "").replace("global cell\n    ", "")
    assert used(made, f"def lstm_step(x, h_prev, c_prev, p):\n    {own}") == ""


def test_a_helper_that_hides_behind_global_is_found_through_the_answer() -> None:
    made = "import torch\ncell = torch.nn.LSTMCell(3, 4)"
    helper = "def helper(x):\n    global cell\n    out = cell(x)\n    cell = cell\n    return out"
    assert used(made, helper, "def lstm_step(x, h_prev, c_prev, p):\n    return helper(x)") == "torch.nn.LSTMCell"


@pytest.mark.parametrize(
    "answer",
    [
        "def lstm_step(x, h_prev, cell, p):\n    return cell * h_prev",
        "def lstm_step(x, h_prev, *cell):\n    return cell[0] * h_prev",
        "def lstm_step(x, h_prev, *, cell=1):\n    return cell * h_prev",
        "lstm_step = lambda x, h_prev, cell, p: cell * h_prev",
    ],
)
def test_an_argument_with_the_name_of_a_forbidden_object_is_the_functions_own(answer: str) -> None:
    assert used("import torch\ncell = torch.nn.LSTMCell(3, 4)", answer) == ""
