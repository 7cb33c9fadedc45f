"""Writes a cell's program as torch calls and runs it."""
