"""An answer that is a class, in the notebook: checked, refused, kept as a text, told apart when it changes."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch")

from gatedrnn_course.grading.items.fingerprint import function_fingerprint
from gatedrnn_course.grading.prove.torch_answers import RIGHT
from gatedrnn_course.grading.units import find_item
from gatedrnn_course.lab.carry import carried, rebuilt
from gatedrnn_course.lab.cells import origin
from gatedrnn_course.lab.check import verdict_on
from gatedrnn_course.lab.shapes import show_shapes

HELPERS = RIGHT["LSTM"]["helpers, a class between, addmm"]
PLAIN = RIGHT["LSTM"]["four blocks in one product, chunk"]


def notebook(*cells: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "notebook", "In": ["", *cells]}
    for k, cell in enumerate(cells, 1):
        exec(compile(cell, f"<cell {k}>", "exec"), names)
    return names


def test_a_kept_class_brings_its_helpers_bases_and_imports_and_is_right_again() -> None:
    names = notebook(*HELPERS.split("\n\n"), "unused = 5")
    text = carried("LSTM", names["LSTM"])
    assert "def gates" in text and "class Base" in text and "unused" not in text
    assert verdict_on(rebuilt("LSTM", text), *find_item("LSTM"), seed=1).outcome == "right"


def test_a_class_that_changed_is_another() -> None:
    one, same = (notebook(PLAIN)["LSTM"] for _ in range(2))
    other = notebook(PLAIN.replace("torch.tanh(g)", "torch.sigmoid(g)"))["LSTM"]
    assert function_fingerprint(one) == function_fingerprint(same) != function_fingerprint(other)
    first, second = (notebook(HELPERS.replace("dim=1", dim))["LSTM"] for dim in ("dim=1", "dim=-1"))
    assert function_fingerprint(first) != function_fingerprint(second)  # a helper of one of its methods


@pytest.mark.parametrize(
    "source",
    [
        "import torch\nLSTM = torch.nn.LSTM",
        "from torch.nn import LSTM",
        "from torch import nn\n\nclass LSTM(nn.LSTM):\n    pass",
        PLAIN.replace("super().__init__()", "super().__init__()\n        self.inner = nn.LSTM(3, 4)"),
    ],
)
def test_torchs_own_layer_is_refused_whatever_road_leads_to_it(source: str) -> None:
    verdict = verdict_on(notebook(source)["LSTM"], *find_item("LSTM"), seed=1)
    assert verdict.outcome == "refused" and "LSTM" in verdict.sentence


def test_the_cell_of_a_class_is_found_by_its_methods() -> None:
    assert origin("LSTM", int, ["", "x = 1"]).cell == 0


@pytest.mark.parametrize("name", ["input_products", "split_gates", "last_states"])
def test_the_shapes_of_tensors_are_drawn(name: str) -> None:
    picture = show_shapes(name)
    assert f"{name} takes" in str(picture) and "(B, " in str(picture)
