"""What the picture shows, as a sentence with a place for each number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gatedrnn_course.cells.expr import Num
from gatedrnn_course.lab.gates.flow import Flow
from gatedrnn_course.lab.shown import shown
from gatedrnn_course.text import _

__all__ = ["fill", "run_sentence", "sentence"]


def sentence(flow: Flow) -> str:
    """The read-out of a flow: `{kept}` stands for a number, `{keep%}` for a percentage."""
    old, state = f"{flow.old} = {{{flow.old}}}", f"{flow.state} = {{{flow.state}}}"
    new = f"{flow.words(flow.new)} = {{new}}"
    if isinstance(flow.keep, Num):
        parts = [_("All of {old} is kept.").format(old=old)]
    else:
        words = _("The {valve} keeps {share} of {old}, which is {kept}.")
        parts = [words.format(valve=flow.valve(flow.keep), share="{keep%}", old=old, kept="{kept}")]
    if isinstance(flow.add, Num):
        parts.append(_("All of the {new} is added.").format(new=new))
    else:
        words = _("The {valve} lets in {share} of the {new}, which is {added}.")
        parts.append(words.format(valve=flow.valve(flow.add), share="{add%}", new=new, added="{added}"))
    parts.append(_("Together they make {state}.").format(state=state))
    if flow.show is not None and flow.inside is not None:
        inside = flow.words(flow.inside) + " = {inside}"
        all_of = isinstance(flow.show, Num)
        words = _("The {valve} shows {share} of {inside}, which is h = {h}.")
        words = _("All of {inside} is shown: h = {h}.") if all_of else words
        parts.append(words.format(valve=flow.valve(flow.show), share="{show%}", inside=inside, h="{h}"))
    for line in flow.inner:
        words = _("The {gate} inside the {new} is {value}.")
        parts.append(words.format(gate=flow.label(line), new=flow.words(flow.new), value=f"{{{line.name}}}"))
    return " ".join(part[0].upper() + part[1:] for part in parts)


def run_sentence(flow: Flow) -> str:
    """The read-out of a run: `{start}` before the first step, `{end}` and `{end_h}` after the last."""
    words = _("{old} = {start} before the first step, {state} = {end} after {count} steps.")
    first = words.format(old=flow.old, start="{start}", state=flow.state, end="{end}", count="{count#}")
    if flow.state == "h":
        return first
    return first + " " + _("Shown then: {h}.").format(h="h = {end_h}")


def fill(template: str, values: Mapping[str, float]) -> str:
    """A sentence with its numbers: `{c}` becomes 1.65, `{keep%}` 85 % and `{step#}` 3. gates.js does the same."""

    def number(found: re.Match[str]) -> str:
        value = values[found[1]]
        if found[2] == "#":
            return f"{value:.0f}"
        return f"{100 * value + 1e-9:.0f} %" if found[2] else shown(value)

    return re.sub(r"\{(\w+)([%#]?)\}", number, template)
