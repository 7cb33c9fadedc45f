"""Any cell in torch: as a module, in populations, by compiled kernels, from and to the layouts of other libraries.

Names are loaded on first use, so that importing this room does not import torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatedrnn_course.engines.modules.keras_layouts import from_keras as from_keras
    from gatedrnn_course.engines.modules.keras_layouts import load_keras as load_keras
    from gatedrnn_course.engines.modules.keras_layouts import to_keras as to_keras
    from gatedrnn_course.engines.modules.layouts import from_torch as from_torch
    from gatedrnn_course.engines.modules.layouts import to_torch as to_torch
    from gatedrnn_course.engines.modules.recurrent import Recurrent as Recurrent
    from gatedrnn_course.engines.population import Population as Population
    from gatedrnn_course.engines.shared.malloc import keep_memory as keep_memory
    from gatedrnn_course.engines.torch_tier.plan import plan_of as plan_of

_MODULES = {
    "Population": "population",
    "Recurrent": "modules.recurrent",
    "from_keras": "modules.keras_layouts",
    "from_torch": "modules.layouts",
    "keep_memory": "shared.malloc",
    "load_keras": "modules.keras_layouts",
    "plan_of": "torch_tier.plan",
    "to_keras": "modules.keras_layouts",
    "to_torch": "modules.layouts",
}
"""For each name of the room the module it comes from."""

__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_MODULES)
