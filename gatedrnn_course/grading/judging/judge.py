"""Judges one item: draws fresh inputs, asks for values, compares, and only then looks for the mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.values import Caller, Framework, Problem, Reply, Value
from gatedrnn_course.grading.items import Draw, Item, Observation
from gatedrnn_course.grading.items.item import as_argument
from gatedrnn_course.grading.judging.cases import Cases, cases_of
from gatedrnn_course.grading.judging.compare import FLOAT32, Comparison, changed_arguments, compare, float32_error
from gatedrnn_course.grading.judging.errors import about_tensors, named_error, sizes_in_words
from gatedrnn_course.grading.judging.forbidden import refused
from gatedrnn_course.grading.judging.forms import another_form, read_outputs
from gatedrnn_course.grading.judging.products import likely_product
from gatedrnn_course.grading.judging.reasons import KINDS, Came, only_the_shape, reason_of
from gatedrnn_course.grading.judging.signature import wrong_head
from gatedrnn_course.grading.judging.verdict import Outcome, Verdict
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.text import _, in_english, mark

__all__ = ["judge", "judge_with_earlier"]


MOST_NAMES = 8
"""Names of a learner's mapping that are told, however many it has."""
FAR_FLOAT32 = 1e-2
"""No answer is further off than this and counts as float32."""
NAMED = 4
"""Outputs named in one sentence."""


@dataclass(frozen=True)
class _Trial:
    """One draw, what came, and what it was worth."""

    draw: Draw
    reply: Reply
    right: Value
    comparison: Comparison
    unread: CourseError | None = None
    raw: Value = None


def judge(
    item: Item, caller: Caller, seed: int | None = None, explain: bool = True, head: tuple[str, ...] | None = None
) -> Verdict:
    """Judge a function by its values.

    Args:
        item: The item.
        caller: Calls the learner's function.
        seed: Seed of the inputs; fresh ones where left out.
        explain: Whether to look for the mistake behind a wrong answer.
        head: Names of the arguments of the learner's function, where they are known.

    Returns:
        The verdict. It never raises for a fault of the learner's function.
    """
    cases = cases_of(item, seed)
    trials = _try_all(cases, caller)
    deciding = [trial for trial in trials if trial.draw.decides]
    failed = next((trial for trial in deciding if not trial.comparison.right), None)
    if failed is not None:
        order = "" if failed.reply.blank else wrong_head(item.name, item.arguments, head)
        if order:
            return _not_right(item, "wrong", order, "The function takes other arguments, or in another order.")
        return _wrong(cases, caller, failed, trials, seed, explain, head)
    if changed := _changed(item, deciding):
        return _changes_arguments(item, changed)
    if not _try(cases, caller, deciding[0].draw, deciding[0].reply.framework).comparison.right:
        again = Words(mark("A second call with the same arguments gives another answer."))
        return _not_right(item, "wrong", str(again), again.english)
    return _right(item, trials)


def judge_with_earlier(
    item: Item,
    caller: Caller,
    again: Caller,
    failed: Mapping[str, Item],
    seed: int | None = None,
    head: tuple[str, ...] | None = None,
) -> Verdict:
    """Judge an item with the learner's own earlier functions, then, if that fails, with right ones in their place.

    Args:
        item: The item.
        caller: Calls the learner's function as it stands.
        again: Calls it in a place where earlier functions may be replaced; may be the same caller.
        failed: The earlier items that failed, by name.
        seed: Seed of the inputs.
        head: Names of the arguments of the learner's function, where they are known.

    Returns:
        The better verdict of the two.
    """
    failed = {name: one for name, one in failed.items() if not one.base and not _is_the_answer(one, item)}
    first = judge(item, caller, seed, not failed, head)
    if first.outcome in ("right", "blank", "missing") or not failed:
        return first
    try:
        again.replace({name: course_function(earlier) for name, earlier in failed.items()})
        second = judge(item, again, seed, head=head)
    finally:
        again.replace({})
    if second.outcome != "right":
        return second
    note = _("Right with the course's own {names} in place of yours.").format(names=", ".join(failed))
    return replace(second, notes=(*second.notes, note), alone=True)


def _is_the_answer(earlier: Item, item: Item) -> bool:
    """Whether the course's own earlier function would be the answer itself, which nobody gets by calling it."""
    if not item.arguments or (earlier.arguments, earlier.outputs) != (item.arguments, item.outputs):
        return False
    draw = item.draws(np.random.default_rng(0))[0]
    try:
        value = course_function(earlier)(*draw.args)
    except (AttributeError, ValueError):  # it takes other parameters
        return False
    return compare(value, item.right(draw), item.outputs).right


def _try(cases: Cases, caller: Caller, draw: Draw, framework: Framework) -> _Trial:
    item = cases.item
    reply = caller.call(item.name, draw.args, framework=framework, driver=draw.driver)
    right = cases.right(draw)
    if reply.problem:
        return _Trial(draw, reply, right, Comparison(False))
    raw = reply.value
    try:
        reply = replace(reply, value=item.read(raw, draw))
    except CourseError as error:
        return _Trial(draw, reply, right, Comparison(False, form=True), error, raw)
    except ValueError as error:
        problem = Problem("raised", type(error).__name__, str(error))
        return _Trial(draw, replace(reply, value=None, problem=problem), right, Comparison(False), None, raw)
    found = compare(reply.value, right, item.outputs, told=item.told)
    if draw.words and not found.right and not found.form:
        found = compare(reply.value, right, item.outputs, _rough_on(item, draw, right), item.told)
    return _Trial(draw, reply, right, found, None, raw)


def _rough_on(item: Item, draw: Draw, right: Value) -> float:
    """What float32 may be off by where numbers reach far: a few times what the reference itself is off by there."""
    with np.errstate(all="ignore"):
        args, hidden = (tuple(as_argument(a, np.float32) for a in both) for both in (draw.args, draw.hidden))
        single = item.right(replace(draw, args=args, hidden=hidden))
    return min(max(FLOAT32, 4 * float32_error(single, right, item.outputs)), FAR_FLOAT32)


def _try_all(cases: Cases, caller: Caller) -> list[_Trial]:
    """Call on every draw; stop where the process is gone or nothing will come.

    The arguments are tensors where only tensors give a value, and where arrays are what the answer complains of.
    """
    draws = cases.draws
    trials = [_try(cases, caller, draws[0], "numpy")]
    reply = trials[0].reply
    framework: Framework = "numpy"
    if reply.problem is not None and reply.problem.kind == "raised" and reply.torch and not reply.blank:
        with_tensors = _try(cases, caller, draws[0], "torch")
        if with_tensors.reply.problem is None or about_tensors(reply.problem.message):
            trials, framework = [with_tensors], "torch"
    for draw in draws[1:]:
        reply = trials[-1].reply
        if reply.blank or (reply.problem and reply.problem.kind in ("missing", "timeout", "died", "frame")):
            break
        if draw.last and not all(trial.comparison.right for trial in trials):
            continue
        trials.append(_try(cases, caller, draw, framework))
    return trials


def _right(item: Item, trials: Sequence[_Trial]) -> Verdict:
    notes = []
    if any(trial.comparison.rough for trial in trials if trial.draw.decides):
        notes.append(_("Your numbers have float32 precision. That is right; float64 would agree more closely."))
    sentence = _("`{name}` is right.").format(name=item.name)
    return Verdict(item.name, "right", item.points, item.points, sentence, notes=tuple(notes))


def _not_right(item: Item, outcome: Outcome, sentence: str, mistake: str = "", *details: str) -> Verdict:
    return Verdict(item.name, outcome, 0, item.points, sentence, mistake, tuple(d for d in details if d))


def _changed(item: Item, trials: Sequence[_Trial]) -> list[str]:
    """The arguments that some call changed in place: some functions do so for single vectors only."""
    rows = (changed_arguments(one.draw.args, one.reply.arguments, item.arguments) for one in trials)
    return next(filter(None, rows), [])


def _key_of(item: Item, failed: _Trial) -> str:
    """In English, why a value could not be read: the reading is done once more in that language."""
    try:
        with in_english():
            item.read(failed.raw, failed.draw)
    except CourseError as told:
        return told.came or told.asked
    return ""


def _changes_arguments(item: Item, changed: Sequence[str]) -> Verdict:
    words = _(
        "The function changes its argument {names} in place. Make a new array instead, for example with `a = a + b`."
    )
    key = "The function changes its argument in place."
    return _not_right(item, "wrong", words.format(names=", ".join(f"`{name}`" for name in changed)), key)


def _wrong(
    cases: Cases,
    caller: Caller,
    failed: _Trial,
    trials: Sequence[_Trial],
    seed: int | None,
    explain: bool,
    head: tuple[str, ...] | None,
) -> Verdict:
    """Why an item is not right, from the plainest reason to what has to be searched for."""
    item, reply = cases.item, failed.reply
    if reply.blank:
        return _not_right(item, "blank", _("`{name}` is not written yet.").format(name=item.name))
    if reached := next((trial.reply.reached for trial in trials if trial.reply.reached), ""):
        return refused(item, reached)
    if reply.problem is not None and reply.problem.kind != "raised":
        return _no_answer(item, reply.problem)
    if failed.unread is not None:
        told = failed.unread
        return _not_right(item, "wrong", told.asked, _key_of(item, failed), told.came, told.expected, told.do)
    if reply.problem is None and (part := _part(item, reply.value)) is not None:
        return _so_far(item, part, reply.value, judge(part, caller, seed, explain, head))
    detail = _where(failed)
    if reply.problem is None and not failed.comparison.wrong_outputs:
        form = another_form(item.name, reply.value, failed.right, item.outputs, reply.printed)
        return _not_right(item, "wrong", str(form), form.english, detail)
    if reply.problem is not None and (slip := named_error(item, failed.draw, reply.problem)):
        return _raised(item, reply.problem, failed.draw, slip)
    came = _outcomes(item, trials)
    if shape := only_the_shape(came):
        if reply.problem is not None:
            return _raised(item, reply.problem, failed.draw, shape)
        return _not_right(item, "wrong", str(shape), shape.english, detail)
    if explain:

        def ask(draw: Draw) -> Observation:
            return _seen(item, _try(cases, caller, draw, reply.framework)) or Observation(draw, None)

        found = reason_of(item, came, ask, head)
        if found is not None:
            return _not_right(item, "wrong", found.sentence, found.key, detail)
    if reply.problem is not None:
        return _raised(item, reply.problem, failed.draw, likely_product(item, reply.problem))
    if changed := _changed(item, [failed, *trials]):
        return _changes_arguments(item, changed)
    heading = _heading(item, failed)
    return _not_right(item, "wrong", str(heading), heading.english if failed.comparison.form else "", detail)


def _part(item: Item, value: Value) -> Item | None:
    """The item with the outputs that a mapping has, where it lacks others."""
    there = [name for name in item.outputs if isinstance(value, Mapping) and name in value]
    return item.only(there) if 0 < len(there) < len(item.outputs) else None


def _so_far(item: Item, part: Item, value: Value, verdict: Verdict) -> Verdict:
    """What is said of the outputs that are there, and which are still missing."""
    missing = _("Still missing: {names}.")
    told = [missing.format(names=_listed(name for name in item.outputs if name not in part.outputs))]
    if others := [name for name in value if name not in item.outputs] if isinstance(value, Mapping) else []:
        told.append(_("Not asked for: {names}.").format(names=_listed(others[:MOST_NAMES])))
    if verdict.outcome == "right":
        words = Words(mark("Right so far: {names}."), {"names": _listed(part.outputs)})
        return _not_right(item, "wrong", str(words), "Some of the outputs are missing.", *told)
    return replace(verdict, details=(*verdict.details, *told))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _heading(item: Item, failed: _Trial) -> Words:
    """What is wrong where nothing has a name: which outputs differ and which do not."""
    found = failed.comparison
    named = dict.fromkeys(map(item.told, found.wrong_outputs))
    wrong, right = _few(list(named)), _few([name for name in map(item.told, found.right_outputs) if name not in named])
    if len(found.right_outputs) > 1 and right:
        words = mark("`{name}` gives other numbers for {wrong}; {right} are right.")
        if found.form:
            words = mark("`{name}` gives {wrong} in another shape; {right} are right.")
    elif found.form:
        words = (
            mark("`{name}` gives {wrong} in another shape; {right} is right.")
            if right
            else mark("`{name}` gives {wrong} in another shape.")
        )
    else:
        words = (
            mark("`{name}` gives other numbers for {wrong}; {right} is right.")
            if right
            else mark("`{name}` gives other numbers for {wrong}.")
        )
    return Words(words, {"name": item.name, "wrong": wrong, "right": right})


def _few(names: Sequence[str]) -> str:
    """What outputs are called, each once, of many the first."""
    each = list(dict.fromkeys(names))
    if len(each) <= NAMED + 1:
        return ", ".join(each)
    return _("{names} and {more} more").format(names=", ".join(each[:NAMED]), more=len(each) - NAMED)


def _outcomes(item: Item, trials: Sequence[_Trial]) -> list[Came]:
    """What came of every draw, as a reason is looked for in it. A call that gave no arrays tells nothing."""
    seen = [(trial, _seen(item, trial)) for trial in trials]
    return [Came(one, trial.comparison.right, trial.reply.problem) for trial, one in seen if one]


def _seen(item: Item, trial: _Trial) -> Observation | None:
    value = read_outputs(trial.reply.value, trial.right, item.outputs)
    raised = trial.reply.problem is not None and trial.reply.problem.kind == "raised"
    return Observation(trial.draw, value, trial.raw) if value is not None or raised else None


def _where(trial: _Trial) -> str:
    """On which kind of input it failed, and what the first error is."""
    on = _(trial.draw.words or KINDS.get(trial.draw.kind, trial.draw.kind))
    if trial.reply.problem is not None:
        if sizes := sizes_in_words(trial.reply.problem.message):
            return _("On {kind} {sizes}").format(kind=on, sizes=sizes)
        words = _("On {kind} it raises {error}: {message}")
        problem = trial.reply.problem
        return words.format(kind=on, error=problem.type, message=problem.message)
    return _("On {kind}: {came}").format(kind=on, came=trial.comparison.came)


def _no_answer(item: Item, problem: Problem) -> Verdict:
    """No value came, for a reason that is no exception."""
    sentences: dict[str, tuple[Outcome, str]] = {
        "missing": ("missing", _("There is no function `{name}`. Keep the name the exercise gives.")),
        "value": ("wrong", _("`{name}` returns a {type}, expected is an array of numbers.")),
        "timeout": ("timeout", _("`{name}` did not finish in time. Is there a loop that never ends?")),
        "died": ("died", _("The Python process ended while `{name}` ran: {message}")),
        "frame": ("died", _("The answer of `{name}` could not be read: {message}")),
    }
    outcome, words = sentences[problem.kind]
    if problem.kind == "missing" and problem.message:
        words = _meant(problem.message)
    key = f"The function returns a {problem.type}." if problem.kind == "value" else ""
    told = {"name": item.name, "type": problem.type, "message": problem.message}
    return _not_right(item, outcome, words.format(**told, inside=problem.message.rpartition(".")[0]), key)


def _meant(name: str) -> str:
    """What to say where a function was written under almost the right name, or where nobody can call it."""
    if not name.isascii():
        return _("There is no function `{name}`, but there is `{message}`: one of its letters is of another alphabet.")
    if "." in name:
        return _("There is no function `{name}` by itself; there is one inside `{inside}`: move it out.")
    return _("There is no function `{name}`, but there is `{message}`: rename it.")


def _raised(item: Item, problem: Problem, draw: Draw, slip: Words | None = None) -> Verdict:
    """An exception: the slip it comes of, where that is known, or what it says; and on which of the learner's lines."""
    told = sizes_in_words(problem.message) or problem.message
    raised = _("`{name}` raises {error}: {message}").format(name=item.name, error=problem.type, message=told)
    line = _("In your line: {line}").format(line=problem.line) if problem.line else ""
    called = _("It was called with {shapes}.").format(shapes=_shapes(draw, item))
    if slip is not None:
        return _not_right(item, "raised", str(slip), slip.english, raised, line, called)
    return _not_right(item, "raised", raised, "", line, called)


def _shapes(draw: Draw, item: Item) -> str:
    """The shapes of the arguments: numbers of hidden inputs stay hidden."""
    rows = []
    for name, value in item.named_arguments(draw).items():
        rows.append(f"{name} {value.shape}" if isinstance(value, np.ndarray) else name)
    return ", ".join(rows)
