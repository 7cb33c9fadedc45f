"""Judges answers by their values and names the mistake.

exchange/     what crosses between the judge and an answer: values, frames, conversions
items/        what is asked, and how a mistake in it is found
judging/      how one item is judged, explained, refused
running/      where answers run: in the notebook, or in a process of their own
classroom/    from a folder of notebooks to records
units/        the assignments
sandbox/      the process of an answer, and the jail in it
prove/        the grader graded
report/       what is shown of the records
"""
