"""Keeps the answers to predictions out of the notebooks: a forge shows every line of a source, folded or not.

An author writes `with reveal("keep", "It keeps", "f is 1."):` and below it what shows that this is so. The notebook
gets `with reveal("keep"):`, and the package a file of answers, from which `reveal` knows the rest.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence

from gatedrnn_course.authoring.rules import REVEALS
from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.lab.answers import Answer
from gatedrnn_course.text import _

__all__ = ["answers_of", "answers_text", "is_question", "is_reveal", "refuse_open_questions", "sealed"]


def is_question(cell: SourceCell) -> bool:
    """Whether a cell asks for a prediction."""
    return cell.kind == "code" and cell.text.startswith("predict(")


def is_reveal(cell: SourceCell) -> bool:
    """Whether a cell answers a prediction."""
    return cell.kind == "code" and cell.text.startswith(REVEALS)


def sealed(cell: SourceCell) -> str:
    """The text of a cell that answers, without the answer.

    Args:
        cell: A cell that is one `reveal(...)`, or one `with reveal(...):` block.

    Returns:
        The text for the notebook; the source stays as its author wrote it.

    Raises:
        CourseError: If the cell holds more than this, or an argument is no text.
    """
    call = _call(cell)
    segment = ast.get_source_segment(cell.text, call) or ""
    return cell.text.replace(segment, f"reveal({ast.get_source_segment(cell.text, call.args[0])})", 1)


def answers_of(cells: Iterable[SourceCell]) -> dict[str, Answer]:
    """The answers of a lesson by the names of their questions.

    Raises:
        CourseError: If a cell that answers has another form, or a name stands twice.
    """
    found: dict[str, Answer] = {}
    for cell in filter(is_reveal, cells):
        name, *answer = _texts(cell)
        if name in found:
            raise cell.fault(_("The prediction {name} is answered twice.").format(name=name))
        found[name] = Answer(*answer)
    return found


def answers_text(answers: dict[str, Answer]) -> str:
    """The file of answers of a lesson; empty where it has none."""
    return json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True) + "\n" if answers else ""


def refuse_open_questions(cells: Sequence[SourceCell]) -> None:
    """See that nothing answers a question before the reader has: its reveal is the next code cell.

    Args:
        cells: The cells of a lesson.

    Raises:
        CourseError: If a question has no reveal right below it or the reverse, or the answer is none of its choices.
    """
    code = [cell for cell in cells if cell.kind == "code"]
    if not code:
        return
    for cell, following in zip(code, [*code[1:], None], strict=True):
        if is_question(cell) and (following is None or not is_reveal(following)):
            words = _("What the next cell shows would answer the question before the reader has.")
            raise cell.fault(words, do=_("Put the evidence into `with reveal(...):`, the next code cell."))
    for before, cell in zip([None, *code[:-1]], code, strict=True):
        if not is_reveal(cell):
            continue
        name, answer, *_because = _texts(cell)
        asked = _question(before) if before is not None and is_question(before) else None
        if asked is None or asked[0] != name:
            raise cell.fault(_("The code cell above does not ask the question {name}.").format(name=name))
        if answer not in asked[1]:
            raise cell.fault(_("The answer is none of the choices."), " / ".join(asked[1]))


def _call(cell: SourceCell) -> ast.Call:
    """The call of `reveal`, which is all the cell holds but for the evidence inside its block."""
    try:
        body = ast.parse(cell.text).body
    except SyntaxError as error:
        words = _("Line {line} is no Python: {reason}.").format(line=error.lineno, reason=error.msg)
        raise cell.fault(words) from error
    match body:
        case [ast.Expr(ast.Call(ast.Name("reveal"), [_first, *_more]) as call)]:
            return call
        case [ast.With([ast.withitem(ast.Call(ast.Name("reveal"), [_first, *_more]) as call, None)])]:
            return call
    raise cell.fault(_("A cell that answers holds one `with reveal(name, answer, because):` block and nothing else."))


def _texts(cell: SourceCell) -> tuple[str, ...]:
    """Name, answer and, where given, why."""
    call = _call(cell)
    try:
        texts = tuple(ast.literal_eval(part) for part in (*call.args, *(keyword.value for keyword in call.keywords)))
    except ValueError:
        texts = ()
    if not 2 <= len(texts) <= 3 or not all(isinstance(text, str) for text in texts):
        raise cell.fault(_("`reveal` takes a name, the answer and, where you like, why: texts in quotes."))
    return texts


def _question(cell: SourceCell) -> tuple[str, tuple[str, ...]]:
    """Name and choices of a question."""
    try:
        match ast.parse(cell.text).body:
            case [ast.Expr(ast.Call(ast.Name("predict"), [name, _words, choices], []))]:
                return ast.literal_eval(name), tuple(ast.literal_eval(choices))
    except (SyntaxError, ValueError):
        pass
    raise cell.fault(_("A question is one `predict(name, question, choices)`, all texts in quotes."))
