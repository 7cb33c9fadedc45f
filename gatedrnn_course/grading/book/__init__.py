"""The instructor's gradebook: every verdict of every unit in one SQLite file, and what the instructor overrules."""
