"""What a study found, in sentences: where it agrees with the paper, where not, and how it differs from it."""

from __future__ import annotations

from gatedrnn_course.studies.odyssey.analysis import Importance, OnTask, paper_verdict
from gatedrnn_course.studies.odyssey.paper import BEST, BEST_TENTH, IMPORTANCE
from gatedrnn_course.studies.odyssey.sizes import SIZES, TASKS
from gatedrnn_course.studies.odyssey.space import SETTINGS
from gatedrnn_course.studies.odyssey.study import About
from gatedrnn_course.studies.odyssey.variants import VANILLA
from gatedrnn_course.text import _, mark

__all__ = ["differences", "findings", "share_words", "verdict_word"]

VERDICTS = {1: mark("worse"), 0: mark("no difference"), -1: mark("better")}


def verdict_word(verdict: int) -> str:
    """Worse, no difference or better."""
    return _(VERDICTS[verdict])


def findings(found: OnTask, matters: Importance | None) -> list[str]:
    """What agrees with the paper on one task and what does not, with intervals."""
    sentences = [_best(found), *_variants(found)]
    vanilla, printed = found.best.get(VANILLA), BEST_TENTH[found.task][VANILLA].mean
    if found.task == "music" and vanilla is not None and printed is not None:
        words = (
            _("The vanilla LSTM's best trials have {mean} nats a step; the paper's {printed} lie inside.")
            if printed in vanilla.mean
            else _("The vanilla LSTM's best trials have {mean} nats a step; the paper's {printed} lie outside.")
        )
        sentences.append(words.format(mean=TASKS["music"].shown(vanilla.mean), printed=TASKS["music"].shown(printed)))
    if matters is not None:
        sentences += _shares(found.task, matters)
    return sentences


def _best(found: OnTask) -> str:
    variant, printed = BEST[found.task]
    words = _(
        "The best trial by validation is of {variant}: {test} {unit} on the test part; in the paper of "
        "{printed_variant}: {printed}."
    )
    unit = _(TASKS[found.task].unit)
    top = found.top
    return words.format(
        variant=top.variant, test=TASKS[found.task].shown(top.test), unit=unit, printed_variant=variant, printed=printed
    )


def _variants(found: OnTask) -> list[str]:
    sentences = []
    for name, group in found.best.items():
        if group.comparison is None:
            continue
        words = (
            _("{name}: {ours} here, as in the paper; difference from V {difference}.")
            if found.agrees(name)
            else _("{name}: {ours} here, {printed} in the paper; difference from V {difference}.")
        )
        ours, printed = verdict_word(group.verdict), verdict_word(paper_verdict(found.task, name))
        sentences.append(
            words.format(
                name=name, ours=ours, printed=printed, difference=TASKS[found.task].shown(group.comparison.difference)
            )
        )
    return sentences


def _shares(task: str, matters: Importance) -> list[str]:
    share, printed = matters.shares["learning_rate"], IMPORTANCE[task]["learning_rate"]
    words = _(
        "The learning rate alone explains {value:.0f} % [{low:.0f}, {high:.0f}] of the variance of the vanilla LSTM's "
        "test results, in the paper {printed} %."
    )
    sentences = [words.format(value=100 * share.value, low=100 * share.low, high=100 * share.high, printed=printed)]
    alone = {name: interval for name, interval in matters.shares.items() if name}
    first = max(alone, key=lambda name: alone[name].value)
    if first != "learning_rate":
        sentences.append(
            _("Here {setting} explains more than the learning rate; in the paper nothing does.").format(
                setting=_(SETTINGS[first])
            )
        )
    return sentences


def share_words(matters: Importance, name: str) -> str:
    """A share of the variance in per cent with its interval, or that the setting does not vary."""
    if name and not matters.varies(name):
        return _("does not vary")
    share = matters.shares[name]
    return f"{100 * share.value:.1f} [{100 * share.low:.1f}, {100 * share.high:.1f}]"


def differences(about: About) -> list[str]:
    """How a study differs from the paper."""
    size = SIZES[about.size]
    rows = [_("{task}: {data}").format(task=_(TASKS[task].title), data=data) for task, data in about.data.items()]
    if about.size != "paper":
        rows += [
            _("16 units in every trial, so nothing is said of the hidden size."),
            _("One direction; every step has a target and a loss, also in handwriting (the paper: CTC)."),
            _("{steps} steps of {batch} sequences, no early stopping (the paper: one sequence a step).").format(
                steps=size.protocol.steps, batch=size.protocol.batch_size
            ),
            _("The learning rate of a step is that of a sequence times the sequences in a batch."),
        ]
    rows.append(_("The gradient is that of a loss summed over a sequence's steps, as in the paper's equations."))
    rows.append(_("Where a trial diverges it has no test result; the paper does not say what it did with such trials."))
    return rows
