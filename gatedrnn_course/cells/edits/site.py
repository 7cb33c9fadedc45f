"""What a single edit is, and what a rule needs to know to propose one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gatedrnn_course.cells.expr import Expr, Name, Op, Path, at, put, to_text
from gatedrnn_course.cells.language import Line, is_parameter
from gatedrnn_course.cells.program import Program
from gatedrnn_course.cells.words import noun, opening
from gatedrnn_course.text import _

__all__ = ["Context", "Edit", "Site", "Words", "is_derivative"]


@dataclass(frozen=True)
class Words:
    """A sentence that can be looked up in any language later.

    Attributes:
        template: The message to look up.
        values: What fills its placeholders; a line among them, with its article, is looked up too.
        more: A second sentence where the first could be said of another place too.
    """

    template: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    more: Words | None = None

    def _opened(self, text: str) -> str:
        """A sentence that opens with what was filled in begins with a capital; `np.diag` stays as it is."""
        return opening(text) if self.template.startswith("{") else text

    @property
    def english(self) -> str:
        """The sentence in English, whatever the language in force."""
        text = self._opened(self.template.format(**self.values))
        return f"{text} {self.more.english}" if self.more else text

    def __str__(self) -> str:
        values = {key: _(value) if value else value for key, value in self.values.items()}
        text = self._opened(_(self.template).format(**values))
        return f"{text} {self.more}" if self.more else text


@dataclass(frozen=True)
class Site:
    """One place of one line and what a rule would write there.

    Attributes:
        line: Name of the line.
        path: Where in its expression.
        new: The node put there.
        group: What kind of mistake it is, so that the same mistake can be made in every line it fits.
        words: The mistake in words.
    """

    line: str
    path: Path
    new: Expr
    group: tuple[str, ...]
    words: Words


@dataclass(frozen=True)
class Edit:
    """A slice with something changed.

    Attributes:
        lines: The lines after the change.
        outputs: The names handed back after the change.
        words: The mistakes in words, one sentence each.
        where: Index of the first changed line; the number of lines for a change of the outputs.
        group: What kind of mistake it is.
    """

    lines: tuple[Line, ...]
    outputs: tuple[str, ...]
    words: tuple[Words, ...]
    where: int
    group: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The mistakes in words, in English whatever the language in force."""
        return " ".join(words.english for words in self.words)

    @property
    def sentence(self) -> str:
        """The mistakes in words, in the language in force."""
        return " ".join(str(words) for words in self.words)


@dataclass(frozen=True)
class Context:
    """One line of a slice, as a rule sees it."""

    slice: Program
    line: Line

    def site(self, path: Path, new: Expr, group: tuple[str, ...], template: str, **values: Any) -> Site:
        """A proposal to write `new` at `path`."""
        texts = {key: value if isinstance(value, str) else to_text(value) for key, value in values.items()}
        return Site(self.line.name, path, new, group, Words(template, {"line": noun(self.line), **texts}))

    def parent(self, path: Path) -> Expr | None:
        """The node above the one at `path`."""
        return at(self.line.expr, path[:-1]) if path else None

    def sum_root(self, path: Path, node: Expr) -> bool:
        """Whether the node is a whole sum, not a part of a longer one."""
        return self._root(path, node, "+-")

    def product_root(self, path: Path, node: Expr) -> bool:
        """Whether the node is a whole product, not a part of a longer one."""
        return self._root(path, node, "*")

    def _root(self, path: Path, node: Expr, operators: str) -> bool:
        parent = self.parent(path)
        inside = isinstance(parent, Op) and parent.op in operators
        return isinstance(node, Op) and node.op in operators and not inside

    def vectors(self, name: str = "") -> Iterator[str]:
        """The vectors at hand in this line: the inputs and the lines above.

        Args:
            name: One of them; only those that somebody may take for it: a derivative for a derivative.
        """
        for other in (*self.slice.inputs, *self._above()):
            back = is_derivative(other)
            if (not name or back == is_derivative(name)) and not (back and other in self.slice.outputs):
                yield other

    def _above(self) -> Iterator[str]:
        for line in self.slice.lines:
            if line.name == self.line.name:
                return
            yield line.name

    def is_gate(self, node: Expr) -> bool:
        """Whether a node is the name of a gate, a line whose value lies in (0, 1)."""
        if not isinstance(node, Name) or is_parameter(node.id):
            return False
        line = next((line for line in self.slice.cell.lines if line.name == node.id), None)
        return line is not None and getattr(line.expr, "function", "") == "sigmoid"


def is_derivative(name: str) -> bool:
    """Whether a name is a derivative of the loss, `d_c`."""
    return name.startswith("d_")


def apply(site: Site, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with the site's node written in."""
    return tuple(
        replace(line, expr=put(line.expr, site.path, site.new)) if line.name == site.line else line for line in lines
    )
