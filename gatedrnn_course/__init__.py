"""A course on gated recurrent networks. Names load on first use, so that this import is instant."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatedrnn_course.cells import Params as Params
    from gatedrnn_course.cells import catalogue as catalogue
    from gatedrnn_course.cells import draw_params as draw_params
    from gatedrnn_course.cells import parse as parse
    from gatedrnn_course.lab.activations import sigmoid as sigmoid
    from gatedrnn_course.lab.activations import stack as stack
    from gatedrnn_course.lab.activations import tanh as tanh
    from gatedrnn_course.lab.adding import adding_errors as adding_errors
    from gatedrnn_course.lab.adding import adding_sequences as adding_sequences
    from gatedrnn_course.lab.adding_widget import explore_adding as explore_adding
    from gatedrnn_course.lab.backward import run_and_keep as run_and_keep
    from gatedrnn_course.lab.backward import run_back as run_back
    from gatedrnn_course.lab.boxes import best_tenths as best_tenths
    from gatedrnn_course.lab.boxes import show_boxes as show_boxes
    from gatedrnn_course.lab.boxes import show_figure3 as show_figure3
    from gatedrnn_course.lab.carousel import explore_carousel as explore_carousel
    from gatedrnn_course.lab.check import check as check
    from gatedrnn_course.lab.composing import made_chorales as made_chorales
    from gatedrnn_course.lab.composing import train_composers as train_composers
    from gatedrnn_course.lab.counting import train_to_count as train_to_count
    from gatedrnn_course.lab.delays import train_on_delays as train_on_delays
    from gatedrnn_course.lab.depth import gradient_over_depth as gradient_over_depth
    from gatedrnn_course.lab.depth import show_depth as show_depth
    from gatedrnn_course.lab.device import run_on_device as run_on_device
    from gatedrnn_course.lab.earlier import earlier as earlier
    from gatedrnn_course.lab.evolving import bias_race as bias_race
    from gatedrnn_course.lab.evolving import learn_to_spell as learn_to_spell
    from gatedrnn_course.lab.evolving import mutants_of as mutants_of
    from gatedrnn_course.lab.evolving import show_ancestry as show_ancestry
    from gatedrnn_course.lab.evolving import show_intervals as show_intervals
    from gatedrnn_course.lab.evolving import small_evolution as small_evolution
    from gatedrnn_course.lab.example import example as example
    from gatedrnn_course.lab.figures import show_cell as show_cell
    from gatedrnn_course.lab.flow import step_jacobians as step_jacobians
    from gatedrnn_course.lab.flow_widget import explore_flow as explore_flow
    from gatedrnn_course.lab.gates import explore_gates as explore_gates
    from gatedrnn_course.lab.gradient_check import gradient_check as gradient_check
    from gatedrnn_course.lab.gru_parity import compare_gru_with_torch as compare_gru_with_torch
    from gatedrnn_course.lab.hint import hint as hint
    from gatedrnn_course.lab.lags import explore_lags as explore_lags
    from gatedrnn_course.lab.latch import show_latch as show_latch
    from gatedrnn_course.lab.layers import explore_depth as explore_depth
    from gatedrnn_course.lab.learning import learn_task as learn_task
    from gatedrnn_course.lab.memory import bit_over_time as bit_over_time
    from gatedrnn_course.lab.memory import bit_sequences as bit_sequences
    from gatedrnn_course.lab.memory import random_params as random_params
    from gatedrnn_course.lab.memory import read_bit as read_bit
    from gatedrnn_course.lab.memory import run_cell as run_cell
    from gatedrnn_course.lab.memory import train_on_bits as train_on_bits
    from gatedrnn_course.lab.mutations import explore_mutations as explore_mutations
    from gatedrnn_course.lab.my_odyssey import run_my_odyssey as run_my_odyssey
    from gatedrnn_course.lab.parity import compare_with_torch as compare_with_torch
    from gatedrnn_course.lab.peepholes import explore_peepholes as explore_peepholes
    from gatedrnn_course.lab.piano_roll import show_roll as show_roll
    from gatedrnn_course.lab.plots import plot as plot
    from gatedrnn_course.lab.predict import predict as predict
    from gatedrnn_course.lab.predict import reveal as reveal
    from gatedrnn_course.lab.progress import progress as progress
    from gatedrnn_course.lab.pulses import show_pulses as show_pulses
    from gatedrnn_course.lab.race import race_on_bits as race_on_bits
    from gatedrnn_course.lab.search import explore_search as explore_search
    from gatedrnn_course.lab.shapes import show_shapes as show_shapes
    from gatedrnn_course.lab.small_odyssey import small_odyssey as small_odyssey
    from gatedrnn_course.lab.sound import play as play
    from gatedrnn_course.lab.sound import save_midi as save_midi
    from gatedrnn_course.lab.spikes import show_spikes as show_spikes
    from gatedrnn_course.lab.start import setup as setup
    from gatedrnn_course.lab.stretch import show_stretch as show_stretch
    from gatedrnn_course.lab.temperature import explore_temperature as explore_temperature
    from gatedrnn_course.lab.through_time import explore_time as explore_time
    from gatedrnn_course.lab.timeline import show_timeline as show_timeline
    from gatedrnn_course.lab.timing import milliseconds as milliseconds
    from gatedrnn_course.lab.timing import show_devices as show_devices
    from gatedrnn_course.lab.torch_layout import show_torch_layout as show_torch_layout
    from gatedrnn_course.lab.train_composer import train_composer as train_composer
    from gatedrnn_course.lab.train_composer import trained_by as trained_by
    from gatedrnn_course.lab.train_here import train_here as train_here
    from gatedrnn_course.lab.two_grus import explore_grus as explore_grus
    from gatedrnn_course.lab.unrolled import show_unrolled as show_unrolled
    from gatedrnn_course.lab.variants import explore_variants as explore_variants

_MODULES = {
    "Params": "cells",
    "adding_errors": "lab.adding",
    "adding_sequences": "lab.adding",
    "best_tenths": "lab.boxes",
    "bias_race": "lab.evolving",
    "bit_over_time": "lab.memory",
    "bit_sequences": "lab.memory",
    "catalogue": "cells",
    "check": "lab.check",
    "compare_gru_with_torch": "lab.gru_parity",
    "compare_with_torch": "lab.parity",
    "draw_params": "cells",
    "earlier": "lab.earlier",
    "example": "lab.example",
    "explore_adding": "lab.adding_widget",
    "explore_carousel": "lab.carousel",
    "explore_depth": "lab.layers",
    "explore_flow": "lab.flow_widget",
    "explore_gates": "lab.gates",
    "explore_grus": "lab.two_grus",
    "explore_lags": "lab.lags",
    "explore_mutations": "lab.mutations",
    "explore_peepholes": "lab.peepholes",
    "explore_search": "lab.search",
    "explore_temperature": "lab.temperature",
    "explore_time": "lab.through_time",
    "explore_variants": "lab.variants",
    "gradient_check": "lab.gradient_check",
    "gradient_over_depth": "lab.depth",
    "hint": "lab.hint",
    "learn_task": "lab.learning",
    "learn_to_spell": "lab.evolving",
    "made_chorales": "lab.composing",
    "milliseconds": "lab.timing",
    "mutants_of": "lab.evolving",
    "parse": "cells",
    "play": "lab.sound",
    "plot": "lab.plots",
    "predict": "lab.predict",
    "progress": "lab.progress",
    "race_on_bits": "lab.race",
    "random_params": "lab.memory",
    "read_bit": "lab.memory",
    "reveal": "lab.predict",
    "run_and_keep": "lab.backward",
    "run_back": "lab.backward",
    "run_cell": "lab.memory",
    "run_my_odyssey": "lab.my_odyssey",
    "run_on_device": "lab.device",
    "save_midi": "lab.sound",
    "setup": "lab.start",
    "show_ancestry": "lab.evolving",
    "show_boxes": "lab.boxes",
    "show_cell": "lab.figures",
    "show_depth": "lab.depth",
    "show_devices": "lab.timing",
    "show_figure3": "lab.boxes",
    "show_intervals": "lab.evolving",
    "show_latch": "lab.latch",
    "show_pulses": "lab.pulses",
    "show_roll": "lab.piano_roll",
    "show_shapes": "lab.shapes",
    "show_spikes": "lab.spikes",
    "show_stretch": "lab.stretch",
    "show_timeline": "lab.timeline",
    "show_torch_layout": "lab.torch_layout",
    "show_unrolled": "lab.unrolled",
    "sigmoid": "lab.activations",
    "small_evolution": "lab.evolving",
    "small_odyssey": "lab.small_odyssey",
    "stack": "lab.activations",
    "step_jacobians": "lab.flow",
    "tanh": "lab.activations",
    "train_composer": "lab.train_composer",
    "train_composers": "lab.composing",
    "train_here": "lab.train_here",
    "train_on_bits": "lab.memory",
    "train_on_delays": "lab.delays",
    "train_to_count": "lab.counting",
    "trained_by": "lab.train_composer",
}
"""For each name of the course the module it comes from."""

__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_MODULES)
