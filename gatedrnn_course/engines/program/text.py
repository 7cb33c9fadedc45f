"""A cell's program as text that a person can read: a heading and lines for each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.engines.program.fuse import Block, Transposed
from gatedrnn_course.engines.program.program import Program, program_of
from gatedrnn_course.engines.program.recurrence import linear_recurrence
from gatedrnn_course.engines.program.step import SLOT, Part
from gatedrnn_course.text import _

__all__ = ["program_sections", "program_text"]


def program_text(cell: Cell) -> str:
    """The program of a cell."""
    return "\n\n".join("\n".join((heading, *lines)) for heading, lines in program_sections(cell).items())


def program_sections(cell: Cell) -> dict[str, list[str]]:
    """The lines of each part of a program, by heading."""
    program = program_of(cell)
    products = [(block.round, _forward(block)) for block in program.blocks]
    transposed = [(own.round, _backward(program, own)) for own in program.transposed]
    ahead = {_("Before the steps"): [text for when, text in products if when < 0]}
    return {
        _("Slots in the order of their columns"): [_slot(program, k) for k in program.columns],
        **(ahead if any(ahead.values()) else {}),
        **_rounds(_("Forward, round {number}"), program.forward, program.rounds.forward, products, _kept(program)),
        **_rounds(_("Backward, round {number}"), program.backward, program.split.rounds, transposed, _passed(program)),
        _("Gradients of the matrices"): [
            f"{_names(block)} += outer({_deltas(program, block)}, {block.vector})" for block in program.blocks
        ],
        **_recurrence(cell),
    }


def _recurrence(cell: Cell) -> dict[str, list[str]]:
    """What a scan needs of a cell that is linear in its state."""
    found = linear_recurrence(cell)
    if found is None:
        return {}
    words = _("{state}: factor {factor}, rest {rest}")
    rows = ((state, to_text(factor), to_text(found.rests[state])) for state, factor in found.factors.items())
    return {_("Linear in the state"): [words.format(state=s, factor=f, rest=r) for s, f, r in rows]}


def _rounds(
    heading: str, part: Part, when: Mapping[str, int], products: Sequence[tuple[int, str]], notes: Mapping[str, str]
) -> dict[str, list[str]]:
    """The rounds of one direction: products, then values and where they are kept."""
    wide = 2 + max((len(f"{name} = {to_text(value)}") for name, value in part.values.items()), default=0)
    found: dict[str, list[str]] = {}
    for now in range(1 + max([*when.values(), *(own for own, _text in products)], default=-1)):
        values = [(f"{n} = {to_text(value)}", notes.get(n, "")) for n, value in part.values.items() if when[n] == now]
        lines = [text for own, text in products if own == now]
        found[heading.format(number=now + 1)] = lines + [f"{text:{wide}}{note}".rstrip() for text, note in values]
    return found


def _slot(program: Program, slot: int) -> str:
    products = (f"{p.matrix} @ {p.vector}" for p in program.forward.products if p.slot == slot)
    return _("{slot}, derivative {delta}").format(
        slot=f"{SLOT}{slot} = {' + '.join(products)}", delta=program.step.deltas[slot]
    )


def _names(block: Block | Transposed, ending: str = "") -> str:
    return ", ".join(f"{matrix}{ending}" for matrix, _slot in block.entries)


def _deltas(program: Program, block: Block | Transposed) -> str:
    return "[" + ", ".join(program.step.deltas[slot] for _matrix, slot in block.entries) + "]"


def _grows(block: Block | Transposed) -> str:
    return "=" if block.fresh else "+="


def _forward(block: Block) -> str:
    slots = ", ".join(f"{SLOT}{slot}" for _matrix, slot in block.entries)
    return f"{slots} {_grows(block)} [{_names(block)}] @ {block.vector}"


def _backward(program: Program, block: Transposed) -> str:
    end, _begins = program.split.ends.get(block.target, (f"{SLOT}{block.target}", ()))
    return f"{end} {_grows(block)} [{_names(block, '.T')}] @ {_deltas(program, block)}"


def _kept(program: Program) -> dict[str, str]:
    """Where values of the forward are kept, in words."""
    words = {"state": _("state {key}"), "slot": _("over #{key}"), "tape": _("tape")}
    return {name: words[buffer.kind].format(key=buffer.key) for name, buffer in program.memory.forward.items()}


def _passed(program: Program) -> dict[str, str]:
    """What becomes of values of the backward, in words."""
    words = {"carry": _("to the step before"), "scratch": _("for this step"), "d_x": _("derivative of the input")}
    found = {name: words[buffer.kind] for name, buffer in program.memory.backward.items()}
    found |= {value: _("gradient of {name}").format(name=name) for name, value in program.step.sums.items()}
    deltas = _("over its slot") if program.memory.in_place else _("beside its slot")
    return found | dict.fromkeys(program.step.deltas.values(), deltas)
