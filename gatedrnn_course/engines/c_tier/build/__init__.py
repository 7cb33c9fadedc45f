"""Compiles C text, keeps what came of it, and loads it."""
