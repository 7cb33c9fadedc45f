"""Grades for other systems: each a pure function from records to a text."""
