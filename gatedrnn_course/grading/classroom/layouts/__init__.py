"""Hand-ins as learning platforms lay them out: whose they are, the newest attempt of each, and what goes back."""

from __future__ import annotations

from .handin import HandIn as HandIn
from .recognise import HandIns as HandIns
from .recognise import hand_ins as hand_ins

__all__ = ["HandIn", "HandIns", "hand_ins"]
