"""The source of an answer to an item: its equations, changed or not, in one style."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from textwrap import dedent

from gatedrnn_course.cells.edits import Edit
from gatedrnn_course.cells.program import Program as Equations
from gatedrnn_course.grading.items import (
    BackwardItem,
    BackwardSequenceItem,
    DrivenItem,
    EquationsItem,
    FunctionItem,
    Item,
    JacobianItem,
    SequenceItem,
    SliceItem,
    TrainedEquationsItem,
)
from gatedrnn_course.grading.prove.backwards import BACK_LOOPS, BACK_STYLES, WRAPPED, looped, wrapped
from gatedrnn_course.grading.prove.styles import LOOPS, PLAIN, STEP_STYLES, STYLES, Writer
from gatedrnn_course.grading.prove.texts import TEXTS, edited_text, text_answer
from gatedrnn_course.grading.prove.torch_answers import FILLED, RIGHT
from gatedrnn_course.grading.prove.typed import Program

__all__ = ["STEP", "answer", "blank_answer", "filled_answer", "right_answers"]

STEP = "step_of_the_cell"


def answer(item: Item, edit: Edit | None = None, writer: Writer = PLAIN, loop: str = "append and stack") -> str:
    """The source of an answer.

    Args:
        item: The item. Where no equations stand behind it, its own short reference is the source.
        edit: A mistake in its equations.
        writer: The style.
        loop: For a loop over a cell, the style of the loop; for a backward, how its outputs are handed back.

    Returns:
        Python source.
    """
    if isinstance(item, DrivenItem):
        return next(iter(RIGHT[item.name].values()))
    if isinstance(item, FunctionItem):
        typed = item.alone or item.function
        source, name = dedent(inspect.getsource(typed)), typed.__name__
        return f"from __future__ import annotations\nimport numpy as np\n\n{source}\n{item.name} = {name}\n"
    if isinstance(item, EquationsItem):
        return text_answer(item, (edited_text(item, edit) if edit else None) or item.cell.text)
    if isinstance(item, TrainedEquationsItem):
        return text_answer(item, item.cell.text)
    if isinstance(item, SliceItem):
        slice_: Equations = item.slice
        arguments, name = item.arguments, item.name
    elif isinstance(item, (SequenceItem, BackwardItem, BackwardSequenceItem, JacobianItem)):
        slice_, name = item.slice, STEP
        arguments = (*slice_.inputs, "p")
    else:
        raise TypeError(f"no source for {type(item).__name__}")
    lines, outputs = (edit.lines, edit.outputs) if edit else (slice_.lines, slice_.outputs)
    source = writer(Program(name, arguments, lines, outputs))
    if isinstance(item, (BackwardItem, JacobianItem)):
        return source + wrapped(item, STEP, WRAPPED.get(loop, WRAPPED["a mapping by name"]))
    if isinstance(item, BackwardSequenceItem):
        return source + looped(item, STEP, BACK_LOOPS.get(loop, BACK_LOOPS["gradients added up in a mapping"]))
    return source + _loop(item, LOOPS[loop]) if isinstance(item, SequenceItem) else source


def _loop(item: SequenceItem, template: str) -> str:
    """The function around the step."""
    states = item.slice.outputs
    start = [f"{name} = {given}" for name, given in zip(states, item.arguments[1:-1], strict=True)]
    filled = template.format(
        states=", ".join(states),
        given=", ".join((*states, "p")),
        pack=f"({', '.join(states)},)",
        step=STEP,
        count=len(states),
        first=item.arguments[1],
    )
    body = "\n".join(f"    {row}" for row in [*start, *filled.split("\n")])
    return f"\nimport numpy as np\n\ndef {item.signature()}:\n{body}\n"


def blank_answer(item: Item) -> str:
    """The function, or class, as the exercise gives it: a head and a docstring."""
    if item.base:
        return f'from torch import nn\n\nclass {item.name}({item.base}):\n    """{item.title}"""\n'
    return f'def {item.signature()}:\n    """{item.title}"""\n'


def filled_answer(item: Item, number: str) -> str:
    """An answer whose outputs have the right shape and hold one number, written as `float` reads it."""
    if isinstance(item, DrivenItem):
        return FILLED[item.name].replace("{number}", number)
    given = ", ".join(item.arguments)
    return (  # in a namespace of its own: what a function was earlier in a notebook may count
        f"import numpy as np\n\nspace_of_{item.name} = {{}}\nexec({answer(item)!r}, space_of_{item.name})\n"
        f"right_{item.name} = space_of_{item.name}[{item.name!r}]\n\n"
        f"def {item.signature()}:\n"
        f"    value = right_{item.name}({given})\n"
        f"    if isinstance(value, dict):\n"
        f"        return {{name: np.full(np.shape(one), float({number!r})) for name, one in value.items()}}\n"
        f"    if isinstance(value, tuple):\n"
        f"        return tuple(np.full(np.shape(one), float({number!r})) for one in value)\n"
        f"    return np.full(np.shape(value), float({number!r}))\n"
    )


def right_answers(item: Item) -> Iterator[tuple[str, str]]:
    """Right answers to an item, each style in words with its source; two styles that give one text count once."""
    if isinstance(item, (EquationsItem, TrainedEquationsItem)):
        yield from ((words, text_answer(item, write(item.cell.lines))) for words, write in TEXTS.items())
        return
    seen = set()
    styles: list[tuple[str, Writer, str]]
    if isinstance(item, SequenceItem):
        styles = [(words, writer, "append and stack") for words, writer in STEP_STYLES.items()]
        styles += [(words, PLAIN, words) for words in LOOPS]
    elif isinstance(item, BackwardSequenceItem):
        added = {words: writer for words, writer in BACK_STYLES.items() if words != "lists come back"}
        styles = [(words, writer, "gradients added up in a mapping") for words, writer in added.items()]
        styles += [(words, PLAIN, words) for words in BACK_LOOPS]
    elif isinstance(item, (BackwardItem, JacobianItem)):
        styles = [(words, writer, "a mapping by name") for words, writer in BACK_STYLES.items()]
        styles += [(words, PLAIN, words) for words in WRAPPED]
    else:
        styles = [(words, writer, "append and stack") for words, writer in STYLES.items()]
    for words, writer, loop in styles:
        source = answer(item, None, writer, loop)
        if source not in seen:
            seen.add(source)
            yield words, source
