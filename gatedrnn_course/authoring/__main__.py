"""`python -m gatedrnn_course.authoring [UNIT ...] [--execute] [--check]`."""

from gatedrnn_course.authoring.cli import app

app(prog_name="python -m gatedrnn_course.authoring")
