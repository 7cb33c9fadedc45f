"""The order in which slots lie side by side, in memory and in products that run as one."""

from __future__ import annotations

from gatedrnn_course.cells.expr import Call, Name, names
from gatedrnn_course.engines.program.hoist import hoisted
from gatedrnn_course.engines.program.step import SLOT, Step, is_slot

__all__ = ["columns"]


def columns(step: Step) -> tuple[int, ...]:
    """The slots of the forward in the order of their columns.

    Those that multiply the same vectors lie together, so that one product serves them; of these the ones that are ready
    together, with the same function, so that one call does.
    """
    part, early = step.forward, hoisted(step.forward)
    used = {k: part.used(f"{SLOT}{k}") for k in dict.fromkeys(p.slot for p in part.products)}
    vectors = [v for v in dict.fromkeys(p.vector for p in part.products) if v not in early]
    line = {n: name for name, value in part.values.items() for n in names(value) if is_slot(n)}
    functions = {e.arg.id: e.function for e in part.values.values() if isinstance(e, Call) and isinstance(e.arg, Name)}
    order = {name: k for k, name in enumerate(part.values, start=1)}

    def place(slot: int) -> tuple[object, ...]:
        own = line[f"{SLOT}{slot}"]
        ready = max(order.get(name, 0) for name in (*used[slot], *names(part.values[own])))
        together = [k for k, vector in enumerate(vectors) if vector in used[slot]]
        return part.slots[slot] != "H", together, "x" not in used[slot], ready, functions.get(own, ""), slot

    return tuple(sorted(used, key=place))
