"""Assignments for other systems: an autograder for Gradescope, a workflow for GitHub, a course for nbgrader."""
