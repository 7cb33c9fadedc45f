"""Every single edit of a slice, found by applying every rule to every place of every line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from gatedrnn_course.cells.edits import (
    activations,
    batch,
    extra,
    jacobians,
    joined,
    matrices,
    products,
    scope,
    slopes,
    stand_ins,
    sums,
    swaps,
)
from gatedrnn_course.cells.edits.handed import output_edits
from gatedrnn_course.cells.edits.site import Context, Edit, Site, Words, apply
from gatedrnn_course.cells.expr import Expr, Path, at, put, to_text, walk
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.program import Program
from gatedrnn_course.text import mark

__all__ = ["RULES", "edit_of", "proposals", "single_edits", "sites"]

Rule = Callable[[Context, Path, Expr], Iterator[Site]]

RULES: tuple[Rule, ...] = (
    jacobians.jacobian_transposed,
    jacobians.matrix_transposed,
    jacobians.columns_scaled,
    batch.factors_exchanged,
    batch.not_summed,
    batch.averaged,
    batch.over_the_units,
    slopes.no_slope,
    slopes.slope_of_the_output,
    slopes.other_slope,
    slopes.no_square,
    slopes.slope_sign,
    products.exchanged_gates,
    swaps.exchanged,
    sums.missing_term,
    activations.other_activation,
    activations.no_activation,
    products.missing_factor,
    products.one_minus,
    products.extra_factor,
    stand_ins.complement_of_another,
    matrices.no_transpose,
    matrices.as_on_the_slide,
    matrices.no_matrix,
    matrices.elementwise,
    matrices.factor_after,
    matrices.factor_before,
    swaps.other_vector,
    swaps.other_parameter,
    swaps.other_parameters,
    sums.wrong_sign,
    sums.term_twice,
    sums.product_for_sum,
    sums.bracket_too_wide,
    scope.takes_in,
    scope.takes_all,
    scope.lets_out,
    scope.before_for_each,
    activations.term_outside,
    activations.around_too_much,
    activations.one_too_many,
    products.sum_for_product,
    products.factor_inside,
    products.complement,
    products.division,
    stand_ins.throughout,
    stand_ins.one_term_alone,
    extra.extra_term,
    extra.constant_inside,
    extra.sees_too,
    extra.full_peephole,
    joined.joined_crosswise,
)
"""The rules, plainest first: where two edits are one function, the earlier rule gives it its name.

A rule put in between may rename what the rules below it find.
"""


@lru_cache(maxsize=256)
def sites(slice_: Program) -> tuple[Site, ...]:
    """Every place and what a rule would write there, plainest rules first, no proposal twice."""
    found: dict[tuple[object, ...], Site] = {}
    for rule in RULES:
        for line in slice_.lines:
            for site in proposals(rule, slice_, line):
                found.setdefault((site.line, apply(site, (line,))[0].expr), site)
    alike: dict[Words, list[Site]] = {}
    for site in found.values():
        alike.setdefault(site.words, []).append(site)
    return tuple(_placed(slice_, site, alike[site.words]) for site in found.values())


def _placed(slice_: Program, site: Site, alike: list[Site]) -> Site:
    """A site whose words say what the line reads there, where the same words fit several places."""
    if len(alike) == 1:
        return site
    for up in range(1, len(site.path) + 2):
        part = _reads(slice_, site, up)
        if [_reads(slice_, other, up) for other in alike].count(part) == 1:
            break
    more = Words(mark("It reads `{part}` there."), {"part": part})
    return replace(site, words=replace(site.words, more=more))


def _reads(slice_: Program, site: Site, up: int) -> str:
    """What the line reads after the mistake, some levels above its place."""
    expr = next(line.expr for line in slice_.lines if line.name == site.line)
    return to_text(at(put(expr, site.path, site.new), site.path[: max(len(site.path) - up, 0)]))


def proposals(rule: Rule, slice_: Program, line: Line) -> Iterator[Site]:
    """All that one rule would write in a line, which need not stand there as it should."""
    ctx = Context(slice_, line)
    for path, node in walk(line.expr):
        yield from rule(ctx, path, node)


def edit_of(slice_: Program, site: Site) -> Edit:
    """The slice with one site written in."""
    where = next(k for k, line in enumerate(slice_.lines) if line.name == site.line)
    return Edit(apply(site, slice_.lines), slice_.outputs, (site.words,), where, site.group)


@lru_cache(maxsize=256)
def single_edits(slice_: Program) -> tuple[Edit, ...]:
    """Every single edit of a slice: one change in one line, or in what is handed back."""
    return (*(edit_of(slice_, site) for site in sites(slice_)), *output_edits(slice_))
