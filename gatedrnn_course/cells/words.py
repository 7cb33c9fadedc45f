"""Lines in words: each noun with its article, so that a translation can choose both together."""

from __future__ import annotations

from types import MappingProxyType

from gatedrnn_course.cells.language import Line
from gatedrnn_course.text import _, mark

__all__ = ["NOUNS", "noun", "opening", "the"]

NOUNS = MappingProxyType(
    {
        mark("candidate"): mark("the candidate"),
        mark("cell state"): mark("the cell state"),
        mark("forget gate"): mark("the forget gate"),
        mark("forget gate before sigmoid"): mark("the forget gate before sigmoid"),
        mark("hidden state"): mark("the hidden state"),
        mark("input gate"): mark("the input gate"),
        mark("next layer"): mark("the next layer"),
        mark("output gate"): mark("the output gate"),
        mark("reset gate"): mark("the reset gate"),
        mark("residual branch"): mark("the residual branch"),
        mark("transform gate"): mark("the transform gate"),
        mark("transformed state"): mark("the transformed state"),
        mark("update gate"): mark("the update gate"),
    }
)
"""The words of every line of the catalogue, alone and with their article."""


def noun(line: Line) -> str:
    """A line in English words with its article, to be looked up later: "the forget gate", or "the line k"."""
    if line.words == line.name:
        return f"the line {line.name}"
    return NOUNS.get(line.words, f"the {line.words}")


def the(line: Line) -> str:
    """A line in words with its article, in the language in force."""
    if line.words == line.name:
        return _("the line {name}").format(name=line.name)
    return _(noun(line))


def opening(words: str) -> str:
    """Words as they stand at the beginning of a sentence."""
    return words[:1].upper() + words[1:]
