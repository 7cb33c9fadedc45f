"""Attacks that are tried in a sandbox before anybody is graded in it, and whose effect is looked for out here."""

from __future__ import annotations

from .release import CANARIES as CANARIES
from .release import Canary as Canary
from .release import got_through as got_through

__all__ = ["CANARIES", "Canary", "got_through"]
