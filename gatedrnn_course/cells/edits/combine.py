"""Edits made of several: the same mistake in every line it fits, and two mistakes in different lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from gatedrnn_course.cells.edits.single import single_edits, sites
from gatedrnn_course.cells.edits.site import Edit, Site, Words, apply
from gatedrnn_course.cells.program import Program
from gatedrnn_course.text import mark

__all__ = ["everywhere_edits", "merged"]

_EVERYWHERE = {
    ("missing", "b"): mark("No line adds its bias."),
    ("missing", "W"): mark("No line looks at the input x."),
    ("missing", "U"): mark("No line looks at the hidden state h_prev."),
    ("missing", "P"): mark("No gate has its peephole."),
    ("sign", "b"): mark("Every bias is subtracted instead of added."),
    ("sign", "U"): mark("Every product with U is subtracted instead of added."),
    ("twice", "b"): mark("Every bias counts twice."),
    ("outside", "b"): mark("Every bias is added after the activation instead of inside it."),
    ("outside", "P"): mark("Every peephole is added after the activation instead of inside it."),
    ("transposed",): mark("Every weight matrix stands the wrong way round: write `{vector} @ p.{matrix}.T`."),
    ("transposed", "W"): mark("Every matrix W stands the wrong way round: write `{vector} @ p.{matrix}.T`."),
    ("transposed", "U"): mark("Every matrix U stands the wrong way round: write `{vector} @ p.{matrix}.T`."),
    ("slide",): mark(
        "Every product is typed as on the slide, `{matrix} @ {vector}`, which is right for one vector only; "
        "for a batch of rows write `{vector} @ p.{matrix}.T`."
    ),
    ("elementwise",): mark("Every matrix is multiplied element by element (*) instead of as a matrix (@)."),
    ("elementwise T",): mark(
        "Every matrix is multiplied element by element (*), after transposing it, instead of as a matrix (@)."
    ),
    ("complement",): mark("Every gate is one minus what it should be."),
    ("exchanged W U",): mark("W and U are exchanged in every line."),
}
_BACK = {
    ("transposed back",): mark("Every weight matrix stands the wrong way round: write `d_a_f @ p.U_f`, without `.T`."),
    ("transposed back", "W"): mark("Every matrix W stands the wrong way round: write `d_a_f @ p.W_f`, without `.T`."),
    ("transposed back", "U"): mark("Every matrix U stands the wrong way round: write `d_a_f @ p.U_f`, without `.T`."),
    ("slide back",): mark(
        "Every product is typed as on the slide, W.T @ d, which is right for one vector only; "
        "for a batch of rows write `d_a_f @ p.W_f`."
    ),
    ("outer transposed",): mark("The gradient of every matrix is transposed: write `d_a_f.T @ x`."),
    ("not summed", "b"): mark("The gradient of every bias is not summed over the batch."),
    ("not summed", "W"): mark("The gradient of every matrix is not summed over the batch."),
    ("not summed",): mark("No gradient of a parameter is summed over the batch."),
    ("averaged", "b"): mark("The gradient of every bias is averaged over the batch instead of summed."),
    ("averaged", "W"): mark("The gradient of every matrix is averaged over the batch instead of summed."),
    ("averaged",): mark("Every gradient of a parameter is averaged over the batch instead of summed."),
    ("over units",): mark("The gradient of every bias is summed over the units instead of the batch."),
    ("no square",): mark("The square in the derivative of tanh is missing everywhere."),
}
_EVERYWHERE |= _BACK
_PATTERNS = {
    "activation": mark("Every {a} is replaced by {b}."),
    "no activation": mark("No line applies {a}."),
    "no slope": mark("The derivative of {a} is missing everywhere."),
    "slope of output": mark("The derivative of {a} is taken at its output as if at its input everywhere."),
    "other slope": mark("The derivative of another activation stands wherever that of {a} belongs."),
    "vector": mark("`{b}` stands wherever `{a}` belongs."),
}


def _groups(site: Site) -> Iterator[tuple[str, ...]]:
    """The kinds of mistake a site counts as, from wide to narrow."""
    values = site.words.values
    if site.group == ("exchanged",):
        if (values["first"][0], values["second"][0]) == ("W", "U"):
            yield ("exchanged W U",)
    elif site.group == ("outside",):
        yield ("outside", values["term"][0])
    else:
        yield site.group
        if site.group in (("transposed",), ("transposed back",)):
            yield (*site.group, values["matrix"][0])
        if site.group[0] in ("not summed", "averaged"):
            yield site.group[:1]


def _sentence(group: tuple[str, ...], first: Site) -> Words | None:
    if group in _EVERYWHERE:
        template = _EVERYWHERE[group]
        return Words(template, first.words.values if "{" in template else {})
    if group[0] in _PATTERNS:
        return Words(_PATTERNS[group[0]], dict(zip("ab", group[1:], strict=False)))
    return None


@lru_cache(maxsize=256)
def everywhere_edits(slice_: Program) -> tuple[Edit, ...]:
    """The same mistake in every line it fits, where it fits more than once: "No line adds its bias"."""
    members: dict[tuple[str, ...], list[Site]] = {}
    for site in sites(slice_):
        for group in _groups(site):
            members.setdefault(group, []).append(site)
    alone = {edit.lines for edit in single_edits(slice_)}
    edits = []
    for group, fitting in members.items():
        chosen = _apart(fitting)
        words = _sentence(group, min(fitting, key=lambda site: len(site.words.values.get("vector", ""))))
        if words is not None:
            lines = slice_.lines
            for site in chosen:
                lines = apply(site, lines)
            if lines not in alone:
                edits.append(Edit(lines, slice_.outputs, (words,), 0, group))
    return tuple(edits)


def _apart(fitting: list[Site]) -> list[Site]:
    """Sites none of which lies inside another, so that all can be written in."""
    chosen: list[Site] = []
    for site in fitting:
        clash = (
            other.line == site.line
            and (site.path[: len(other.path)] == other.path or other.path[: len(site.path)] == site.path)
            for other in chosen
        )
        if not any(clash):
            chosen.append(site)
    return chosen


def merged(slice_: Program, first: Edit, second: Edit) -> Edit:
    """Two edits of different lines as one."""
    lines = tuple(
        two if two != right else one for one, two, right in zip(first.lines, second.lines, slice_.lines, strict=True)
    )
    outputs = second.outputs if second.outputs != slice_.outputs else first.outputs
    return Edit(lines, outputs, first.words + second.words, min(first.where, second.where))


def touched(slice_: Program, edit: Edit) -> frozenset[str]:
    """The names of the lines an edit changes, with `""` for the outputs."""
    lines = {new.name for new, old in zip(edit.lines, slice_.lines, strict=True) if new != old}
    return frozenset(lines | ({""} if edit.outputs != slice_.outputs else set()))


def all_singles(slice_: Program) -> tuple[Edit, ...]:
    """Single edits, then the same mistake everywhere."""
    return (*single_edits(slice_), *everywhere_edits(slice_))
