"""C text of a cell's forward over a whole sequence.

Products with the input run for about 64 rows at once, just before their steps need them, so that what they give is
still in the cache.
"""

from __future__ import annotations

from gatedrnn_course.cells.language import is_parameter, is_state
from gatedrnn_course.engines.kernel.addresses import Addresses, padded, total
from gatedrnn_course.engines.kernel.layout import Block
from gatedrnn_course.engines.kernel.lowering import is_slot, slot_number
from gatedrnn_course.engines.kernel.text_pass import write_pass

__all__ = ["load_forward", "pointers", "write_forward"]

_FORWARD = """\
void forward_{key}(const Sizes *n, const R *x, const R *P, R *const *S, R *tape)
{{
    OFFSETS
    {pointers}
    const long chunk = 1 + 63 / MIN(B + !B, 64);
    const unsigned long before = flush();
    for (long t = 0; t < T; t++) {{
        const long row = t * B;
        if (t % chunk == 0) {{
            const long rows = MIN(chunk, T - t) * B;
            (void)rows;
            {hoisted}
        }}
        {levels}
    }}
    unflush(before);
}}
"""


def pointers(a: Addresses) -> str:
    """The arrays of states and the parts of the tape."""
    rows = [f"R *const S_{state} = S[{k}]; (void)S_{state};" for k, state in enumerate(a.cell.states)]
    rows.append("R *const Z = tape; (void)Z;")
    before: list[str] = []
    for name in a.storage.tape():
        rows.append(f"R *const T{name} = tape + T * B * (zs + {total(before)}); (void)T{name};")
        before.append(a.letter(name))
    return "\n    ".join(rows)


def load_forward(a: Addresses, name: str) -> str:
    """C text that loads a value of the forward, a state before the step, the input or a parameter."""
    if is_parameter(name):
        return f"LD(P + o_{name} + j)"
    if is_slot(name):
        return f"LD(Z + (row + r) * zs + {a.column(slot_number(name))} + j)"
    pointer, distance = a.vector(name) if name == "x" or is_state(name) else a.kept(a.storage.forward[name])
    return f"LD({pointer} + r * {distance} + j)"


def write_forward(a: Addresses, key: str) -> str:
    """The function `forward_KEY`."""
    layout = a.storage.layout
    hoisted = [_product(a, block, "rows") for block in layout.blocks if block.level < 0]
    levels = []
    for level in range(1 + max((layout.levels[n] for n in layout.equations.forward.values), default=-1)):
        levels += [_product(a, block, "B") for block in layout.blocks if block.level == level]
        levels += [text for letter in ("D", "H") if (text := _pass(a, level, letter))]
    return _FORWARD.format(
        key=key,
        pointers=pointers(a),
        hoisted="\n            ".join(hoisted),
        levels=_indented(levels, 2),
    )


def _indented(texts: list[str], depth: int) -> str:
    return "\n".join(texts).replace("\n", f"\n{'    ' * depth}")


def _product(a: Addresses, block: Block, rows: str) -> str:
    """The product of a block, added to its slots."""
    pointer, distance = a.vector(block.vector)
    target = f"Z + row * zs + {a.column(block.entries[0][1])}"
    return (
        f"multiply({rows}, {a.width(block)}, 1, {a.inner(block)}, {pointer}, {distance}, 0, "
        f"P + {a.blocks[block]}, {target}, zs, {int(block.fresh)});"
    )


def _pass(a: Addresses, level: int, letter: str) -> str:
    layout = a.storage.layout
    part = layout.equations.forward
    values = {n: v for n, v in part.values.items() if layout.levels[n] == level and part.letters[n] == letter}
    if not values:
        return ""
    stores = []
    for name in values:
        if name in a.storage.forward:
            pointer, distance = a.kept(a.storage.forward[name])
            stores.append((name, f"{pointer} + r * {distance} + j"))
    return write_pass(values, padded(letter), lambda name: load_forward(a, name), stores)
