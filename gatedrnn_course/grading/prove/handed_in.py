"""Whole notebooks through the real sandbox: solved, empty and wrong ones, and the points they get."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from gatedrnn_course.cells.edits import classes
from gatedrnn_course.grading.classroom.enclosed import link_to
from gatedrnn_course.grading.classroom.grade import grade_submission
from gatedrnn_course.grading.items import DrivenItem, EquationsItem, Item, TrainedEquationsItem, TrainedItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.matrix import HandedIn
from gatedrnn_course.grading.prove.programs import STEP, answer, blank_answer, filled_answer
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.prove.wrong import CONSTANTS
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.sandbox import Sandbox
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _, mark

__all__ = ["hand_in"]


def hand_in(unit: Unit, sandbox: Sandbox, seed: int) -> tuple[HandedIn, ...]:
    """Grade whole notebooks as a class's are graded, and compare each verdict with that of a check in this process.

    Args:
        unit: The unit.
        sandbox: Where the notebooks run.
        seed: Seed of all inputs.
    """
    with TemporaryDirectory() as folder:
        paths = (Path(folder) / f"{k}.ipynb" for k in count())
        rows = zip(paths, _notebooks(unit, seed), strict=False)
        return tuple(_graded(path, one, unit, sandbox, seed) for path, one in rows)


@dataclass(frozen=True)
class _Notebook:
    """What a notebook holds in words and in cells, one an item, the points it should get, and whether to compare."""

    words: str
    cells: Sequence[str]
    expected: int = 0
    compared: bool = False


def _notebooks(unit: Unit, seed: int) -> Iterator[_Notebook]:
    rng = random.Random(seed)
    items = unit.items
    yield _Notebook(mark("every function right"), [answer(item) for item in items], 100, True)
    yield _Notebook(mark("every function wrong in one place"), [_mistaken(item, rng) for item in items], 0, True)
    yield _Notebook(mark("no function written"), [blank_answer(item) for item in items], 0, True)
    yield _Notebook(mark("no function at all"), ["x = 0"])
    for words, number in CONSTANTS.items():
        yield _Notebook(words, [filled_answer(item, number) for item in items])
    yield _Notebook(mark("the first argument handed back"), [_echo(item) for item in items])


def _mistaken(item: Item, rng: random.Random) -> str:
    if isinstance(item, DrivenItem):
        return rng.choice(item.mistakes).text
    if hasattr(item, "slice") and not isinstance(item, EquationsItem):
        return answer(item, rng.choice(classes(item.slice)).edit)
    return filled_answer(item, "2.0")


def _echo(item: Item) -> str:
    if not item.arguments or item.base:
        return blank_answer(item)
    values = ", ".join([item.arguments[0]] * len(item.outputs))
    return f"def {item.signature()}:\n    return {values}\n"


def _holding(name: str, content: bytes) -> dict[str, object]:
    """What a cell shows that holds a file."""
    html = link_to(name, content, name)
    return {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}


def _graded(path: Path, asked: _Notebook, unit: Unit, sandbox: Sandbox, seed: int) -> HandedIn:
    rest: dict[str, object] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    own = [(item.name, cell) for item, cell in zip(unit.items, asked.cells, strict=False)]
    # One notebook is one namespace: the function inside each answer gets a name of its own.
    sources = [cell.replace(STEP, f"{STEP}_in_{name}") for name, cell in own]
    cells = [{**rest, "source": source} for source in sources]
    trained = (TrainedItem, TrainedEquationsItem)
    files = {item.file: item.solution() for item in unit.items if isinstance(item, trained)}
    cells += [{**rest, "source": "", "outputs": [_holding(name, raw)]} for name, raw in files.items()]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    record = grade_submission("student", [path], unit, sandbox, seed)
    failures = []
    for item, cell, got in zip(unit.items, asked.cells, record.items, strict=False) if asked.compared else ():
        here = judge(item.given(files.get(item.file)), LocalCaller(function_of(cell, item.name)), seed)
        if (here.outcome, here.points, here.mistake) != (got.outcome, got.points, got.mistake):
            told = _("{name}, in a notebook with {words}: the sandbox says '{there}', a check says '{here}'")
            words = _(asked.words)
            failures.append(told.format(name=item.name, words=words, there=got.sentence, here=here.sentence))
    return HandedIn(asked.words, record.points, asked.expected, tuple(failures))
