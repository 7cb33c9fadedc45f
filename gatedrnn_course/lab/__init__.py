"""What a notebook shows: panels, predictions, pictures, widgets. The only room that imports widgets.

The names people use stand in `gatedrnn_course` itself, which loads each from its module here on first use. Nothing is
repeated in this file, because `lab.check` is a module and `check` a function.
"""
