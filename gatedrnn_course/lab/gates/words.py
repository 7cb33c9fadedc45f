"""What the picture shows, as a sentence with a place for each number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gatedrnn_course.cells.expr import Num
from gatedrnn_course.lab.gates.flow import Flow
from gatedrnn_course.text import _

__all__ = ["fill", "sentence", "shown"]


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


def fill(template: str, values: Mapping[str, float]) -> str:
    """A sentence with its numbers: `{c}` becomes 1.65, and `{keep%}` becomes 85 %. gates.js does the same."""

    def number(found: re.Match[str]) -> str:
        value = values[found[1]]
        return f"{100 * value + 1e-9:.0f} %" if found[2] else shown(value)

    return re.sub(r"\{(\w+)(%?)\}", number, template)


def shown(value: float) -> str:
    """A number with two decimals, a half rounded up, and no minus before zero."""
    text = f"{value + 1e-9:.2f}"
    return "0.00" if text == "-0.00" else text
