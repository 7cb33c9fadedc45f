"""Run answers in a process of their own and get nothing back from it but values."""

from __future__ import annotations

from .choose import CHOSEN as CHOSEN
from .choose import KINDS as KINDS
from .choose import UNSAFE as UNSAFE
from .choose import best_sandbox as best_sandbox
from .choose import examine as examine
from .examples import EXAMPLES as EXAMPLES
from .examples import write_examples as write_examples
from .forked import BubblewrapSandbox as BubblewrapSandbox
from .forked import LandlockSandbox as LandlockSandbox
from .process import ProcessSandbox as ProcessSandbox
from .protocol import CellFault as CellFault
from .protocol import Guarantee as Guarantee
from .protocol import Level as Level
from .protocol import Limits as Limits
from .protocol import LoadReport as LoadReport
from .protocol import Probe as Probe
from .protocol import Sandbox as Sandbox
from .protocol import SandboxUnavailable as SandboxUnavailable
from .protocol import Session as Session
from .seatbelt import SeatbeltSandbox as SeatbeltSandbox

__all__ = [
    "CHOSEN",
    "EXAMPLES",
    "KINDS",
    "UNSAFE",
    "BubblewrapSandbox",
    "CellFault",
    "Guarantee",
    "LandlockSandbox",
    "Level",
    "Limits",
    "LoadReport",
    "Probe",
    "ProcessSandbox",
    "Sandbox",
    "SandboxUnavailable",
    "SeatbeltSandbox",
    "Session",
    "best_sandbox",
    "examine",
    "write_examples",
]
