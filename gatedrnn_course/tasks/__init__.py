"""The data: tasks from the papers, generated from a seed or read from files, behind one contract.

task = catalogue["temporal_order_6a"]()
batch = task.batch(seed=0, size=32)          # batch.inputs is (T, B, D)
task.solved(outputs, batch)                  # the paper's criterion on raw outputs (T, B, K)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gatedrnn_course.lookup import Named
from gatedrnn_course.tasks.adding import Adding, Adding1997
from gatedrnn_course.tasks.arithmetic import Arithmetic
from gatedrnn_course.tasks.batch import Batch
from gatedrnn_course.tasks.contract import Criterion, Split, Task, stream
from gatedrnn_course.tasks.copying import Copying
from gatedrnn_course.tasks.corpus import Corpus, Transcription
from gatedrnn_course.tasks.counting import Counting
from gatedrnn_course.tasks.digits import DigitFrames, Digits
from gatedrnn_course.tasks.files import MissingData
from gatedrnn_course.tasks.iam_ondb import IamOnDB
from gatedrnn_course.tasks.long_lag import LongLag, NoisyLag
from gatedrnn_course.tasks.losses import Loss, loss_value
from gatedrnn_course.tasks.memorisation import Memorisation
from gatedrnn_course.tasks.multiplication import Multiplication
from gatedrnn_course.tasks.music import Music
from gatedrnn_course.tasks.reber import ContinualReber, EmbeddedReber
from gatedrnn_course.tasks.sentences import Sentences
from gatedrnn_course.tasks.strokes import StrokePoints, Strokes
from gatedrnn_course.tasks.temporal_order import TemporalOrder
from gatedrnn_course.tasks.timing import GenerateTimedSpikes, MeasureSpikeDelays, PeriodicFunction
from gatedrnn_course.tasks.timit import Timit
from gatedrnn_course.tasks.two_sequence import TwoSequence
from gatedrnn_course.tasks.xml_tags import XMLTags
from gatedrnn_course.text import mark

__all__ = [
    "Adding",
    "Adding1997",
    "Arithmetic",
    "Batch",
    "ContinualReber",
    "Copying",
    "Corpus",
    "Counting",
    "Criterion",
    "DigitFrames",
    "Digits",
    "EmbeddedReber",
    "GenerateTimedSpikes",
    "IamOnDB",
    "LongLag",
    "Loss",
    "MeasureSpikeDelays",
    "Memorisation",
    "MissingData",
    "Multiplication",
    "Music",
    "NoisyLag",
    "PeriodicFunction",
    "Sentences",
    "Split",
    "StrokePoints",
    "Strokes",
    "Task",
    "TemporalOrder",
    "Timit",
    "Transcription",
    "TwoSequence",
    "XMLTags",
    "catalogue",
    "generated",
    "loss_value",
    "recorded",
    "stream",
]

generated: Named[Callable[..., Task]] = Named(
    mark("A task made from a seed."),
    {
        "embedded_reber": EmbeddedReber,
        "continual_reber": ContinualReber,
        "long_lag_2a": LongLag,
        "long_lag_2b": partial(LongLag, regular=False),
        "long_lag_2c": NoisyLag,
        "two_sequence_3a": TwoSequence,
        "two_sequence_3b": partial(TwoSequence, "3b"),
        "two_sequence_3c": partial(TwoSequence, "3c"),
        "adding_1997": Adding1997,
        "adding": Adding,
        "multiplication": Multiplication,
        "temporal_order_6a": TemporalOrder,
        "temporal_order_6b": partial(TemporalOrder, 3),
        "copying": Copying,
        "counting_ab": Counting,
        "counting_abc": partial(Counting, 3),
        "measure_spike_delays": MeasureSpikeDelays,
        "measure_one_delay": partial(MeasureSpikeDelays, intervals=1),
        "generate_timed_spikes": GenerateTimedSpikes,
        "periodic_cosine": PeriodicFunction,
        "periodic_triangle": partial(PeriodicFunction, "triangle"),
        "periodic_rectangle": partial(PeriodicFunction, "rectangle"),
        "arithmetic": Arithmetic,
        "xml": XMLTags,
        "memorisation": Memorisation,
        "sentences": Sentences,
    },
)
"""Tasks made from a seed, by name, at the papers' settings; each takes its class's arguments by keyword."""

recorded: Named[Callable[..., Task]] = Named(
    mark("A task read from files."),
    {
        "music_jsb": Music,
        "music_jsb_16th": partial(Music, "jsb_16th"),
        "music_nottingham": partial(Music, "nottingham"),
        "music_piano_midi": partial(Music, "piano_midi"),
        "music_muse_data": partial(Music, "muse_data"),
        "digits": Digits,
        "digit_frames": DigitFrames,
        "strokes": Strokes,
        "stroke_points": StrokePoints,
        "timit": Timit,
        "iam_ondb": IamOnDB,
    },
)
"""Tasks read from files, by name; `timit` and `iam_ondb` need their `folder`, the others take `stand_in`."""

catalogue: Named[Callable[..., Task]] = Named(mark("A task."), {**generated, **recorded})
"""Every task by name: an entry, called, makes the task. `gatedrnn_course.catalogue` is the other one, of cells."""
