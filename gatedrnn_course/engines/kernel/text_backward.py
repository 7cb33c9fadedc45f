"""C text of a cell's backward over a whole sequence: it adds to the gradients that are there.

The matrices are turned once. Deltas overwrite what the forward kept where nobody needs it any more, and go into the
gradients of the matrices about 128 rows at a time. Sums over many steps are added up in stages, so that they are as
exact as sums over few: biases over a chunk of steps, then all gradients over 32 chunks, then those.
"""

from __future__ import annotations

from gatedrnn_course.engines.kernel.addresses import Addresses, padded, total
from gatedrnn_course.engines.kernel.layout import Block
from gatedrnn_course.engines.kernel.lowering import is_slot, slot_number
from gatedrnn_course.engines.kernel.text_forward import load_forward, pointers
from gatedrnn_course.engines.kernel.text_pass import write_pass

__all__ = ["write_backward", "write_scratch"]

_CHUNK = "(1 + 127 / MIN(B + !B, 128))"

_CHUNKS = 32
"""How many chunks are added up before they join the others."""

_BACKWARD = """\
void backward_{key}(const Sizes *n, const R *x, const R *P, R *const *S, R *tape, const R *dh, R *const *dS, R *G,
{pad}R *dx, R *scratch)
{{
    OFFSETS
    {pointers}
    const long chunk = {chunk}, carried = B * ({carried});
    {places}
    const unsigned long before = flush();
    clear(part, {end});
    clear(near, {vectors});
    clear(nothing, Hp);
    {turns}
    {start}
    for (long t = T - 1; t >= 0; t--) {{
        const long row = t * B;
        const R *const in = carry + (t & 1) * carried;
        R *const out = carry + (~t & 1) * carried;
        const R *const dht = dh ? dh + row * n->ldh : nothing;
        const long ldh = dh ? n->ldh : 0;
        R *const delta = {delta};
        {carries}
        {levels}
        if (t % chunk == 0) {{
            const long rows = MIN(chunk, T - t) * B;
            (void)rows;
            {gradients}
            pour(near, part + {first}, {vectors});
            if (t % ({chunks} * chunk) == 0)
                pour(part, G, {end});
        }}
    }}
    {finish}
    unflush(before);
}}
"""


def _turn_sizes(a: Addresses) -> list[str]:
    """How many numbers each turned block holds."""
    part = a.storage.layout.equations
    sizes = []
    for block in a.storage.layout.turns:
        rows = part.forward.slots[block.entries[0][1]]
        sizes.append(f"{len(block.entries)} * {rows} * {padded(part.backward.slots[block.target])}")
    return sizes


def _carried(a: Addresses) -> list[str]:
    return [a.letter(state) for state in a.cell.states]


def write_scratch(a: Addresses) -> str:
    """How many numbers the backward needs besides its arguments."""
    own = total([letter for _, letter in a.storage.scratch()])
    ring = "0" if a.storage.in_place else f"{_CHUNK} * B * zs"
    turned = " + ".join(_turn_sizes(a)) or "0"
    sums = f"{a.offsets()[1]} + {_wide_vectors(a)}"
    return f"Hp + 2 * B * ({total(_carried(a))}) + B * ({own}) + {ring} + {turned} + {sums}"


def _wide_vectors(a: Addresses) -> str:
    """How many numbers the gradients of biases and peepholes are."""
    return total([a.cell.shape(name)[0] for name in a.vectors])


def _first_vector(a: Addresses) -> str:
    """Where they begin among all gradients."""
    return f"o_{a.vectors[0]}" if a.vectors else "0"


def _places(a: Addresses) -> list[str]:
    """The parts of the scratch memory, one after the other."""
    rows = ["R *const nothing = scratch;", "R *const carry = nothing + Hp;"]
    at = "carry + 2 * carried"
    for name, letter in a.storage.scratch():
        short = f"X{name.removeprefix('#')}"
        rows.append(f"R *const {short} = {at};")
        at = f"{short} + B * {padded(letter)}"
    for k, size in enumerate(_turn_sizes(a)):
        rows.append(f"R *const M{k} = {at};")
        at = f"M{k} + {size}"
    if not a.storage.in_place:
        rows.append(f"R *const ring = {at};")
        at = "ring + chunk * B * zs"
    rows.append(f"R *const part = {at};")
    rows.append(f"R *const near = part + {a.offsets()[1]};")
    return rows


def write_backward(a: Addresses, key: str) -> str:
    """The function `backward_KEY`."""
    layout = a.storage.layout
    before = [f"B * ({total(_carried(a)[:k])})" for k in range(len(a.cell.states))]
    wide = [f"B * {padded(letter)}" for letter in _carried(a)]
    each = list(zip(a.cell.states, before, wide, strict=True))
    first = "carry + ((T - 1) & 1) * carried"
    carries = [f"const R *const in_{s} = in + {b}; R *const out_{s} = out + {b};" for s, b, _ in each]
    carries += [f"(void)in_{s}, (void)out_{s};" for s in a.cell.states]
    return _BACKWARD.format(
        key=key,
        pad=" " * (len("void backward_(") + len(key)),
        pointers=pointers(a),
        chunk=_CHUNK,
        carried=total(_carried(a)),
        places="\n    ".join(_places(a)),
        end=a.offsets()[1],
        vectors=_wide_vectors(a),
        first=_first_vector(a),
        chunks=_CHUNKS,
        turns="\n    ".join(text for k, block in enumerate(layout.turns) for text in _turn(a, k, block)),
        start="\n    ".join(f"copy({first} + {b}, dS[{k}], {w});" for k, (_, b, w) in enumerate(each)),
        delta="Z + row * zs" if a.storage.in_place else "ring + (t % chunk) * B * zs",
        carries="\n        ".join(carries),
        levels="\n".join(_levels(a)).replace("\n", "\n        "),
        gradients="\n            ".join(_gradient(a, block) for block in layout.blocks),
        finish="\n    ".join(f"copy(dS[{k}], carry + carried + {b}, {w});" for k, (_, b, w) in enumerate(each)),
    )


def _turn(a: Addresses, k: int, block: Block) -> list[str]:
    """Turn the matrices of a block of the backward."""
    part = a.storage.layout.equations
    inner, late = part.backward.slots[block.target], f"#{block.target}" in a.storage.layout.late
    rows = part.forward.slots[block.entries[0][1]]
    everything = f"{len(block.entries)} * {rows}"
    texts = [f"clear(M{k}, {_turn_sizes(a)[k]});"]
    for number, (matrix, _slot) in enumerate(block.entries):
        source = next(b for b in a.blocks if matrix in dict(b.entries))
        place = [m for m, _ in source.entries].index(matrix)
        column = total([part.forward.slots[s] for _, s in source.entries[:place]])
        position = f"{inner}, {a.width(source)}, {column}, {rows}"
        texts.append(f"turn(P + {a.blocks[source]}, {position}, M{k}, {number} * {rows}, {everything});")
    return [f"if (dx) {text}" for text in texts] if late else texts


def _levels(a: Addresses) -> list[str]:
    """Products and passes of one step, level by level; those for the derivative of the input only where wanted."""
    layout = a.storage.layout
    part = layout.equations.backward
    last = max([*(layout.levels[n] for n in part.values), *(b.level for b in layout.turns)], default=-1)
    texts: list[str] = []
    for level in range(last + 1):
        for k, block in enumerate(layout.turns):
            if block.level == level:
                guard = "if (dx) " if f"#{block.target}" in layout.late else ""
                texts.append(f"{guard}{_product(a, k, block)}")
        for letter in ("D", "H"):
            text = _pass(a, level, letter)
            if text:
                texts.append(f"if (dx)\n{text}" if level >= layout.main_levels else text)
    return texts


def _product(a: Addresses, k: int, block: Block) -> str:
    part = a.storage.layout.equations
    wide, rows = padded(part.backward.slots[block.target]), part.forward.slots[block.entries[0][1]]
    target, distance = a.passing(a.storage.slots[block.target], part.backward.slots[block.target])
    source = f"delta + {a.column(block.entries[0][1])}, zs, {padded(rows)}"
    return (
        f"multiply(B, {wide}, {len(block.entries)}, {rows}, {source}, M{k}, {target}, {distance}, {int(block.fresh)});"
    )


def _gradient(a: Addresses, block: Block) -> str:
    """Add a block's part to the gradients of its matrices, for all rows of the chunk."""
    pointer, distance = a.vector(block.vector)
    deltas = f"delta + {a.column(block.entries[0][1])}, zs"
    sizes = f"rows, {a.width(block)}, {a.inner(block)}"
    return f"multiply_transposed({sizes}, {pointer}, {distance}, {deltas}, part + {a.blocks[block]});"


def _pass(a: Addresses, level: int, letter: str) -> str:
    layout = a.storage.layout
    e = layout.equations
    part = e.backward
    values = {n: v for n, v in part.values.items() if layout.levels[n] == level and part.letters[n] == letter}
    if not values:
        return ""
    stores = []
    for name in values:
        if name in a.storage.backward:
            pointer, distance = a.passing(a.storage.backward[name], letter)
            stores.append((name, f"{pointer} + r * {distance} + j"))
        slots = [slot for slot in layout.columns if e.deltas[slot] == name]
        stores += [(name, f"delta + r * zs + {a.column(slot)} + j") for slot in slots]
    sums = [
        (f"near + o_{parameter} - {_first_vector(a)} + j", value)
        for parameter, value in e.sums.items()
        if value in values
    ]
    return write_pass(values, padded(letter), lambda name: _load(a, name, letter), stores, sums)


def _load(a: Addresses, name: str, letter: str) -> str:
    """C text that loads what a pass of the backward reads."""
    e = a.storage.layout.equations
    if name.startswith("d_") and name.endswith("_next"):
        state = name.removeprefix("d_").removesuffix("_next")
        arriving = f"LD(in_{state} + r * {padded(letter)} + j)"
        return f"{arriving} + LD(dht + r * ldh + j)" if state == a.cell.states[0] else arriving
    if is_slot(name):
        pointer, distance = a.passing(a.storage.slots[slot_number(name)], letter)
        return f"LD({pointer} + r * {distance} + j)"
    if name in a.storage.backward:
        pointer, distance = a.passing(a.storage.backward[name], letter)
        return f"LD({pointer} + r * {distance} + j)"
    if name in e.backward.values:
        slot = next(slot for slot in a.storage.layout.columns if e.deltas[slot] == name)
        return f"LD(delta + r * zs + {a.column(slot)} + j)"
    return load_forward(a, name)
