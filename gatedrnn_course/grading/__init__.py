"""Judges answers by their values and names the mistake.

values, compare, verdict       what crosses, what is right, the judge's word
items/, units/                 what is asked
judge, diagnosis, policy       how it is judged, explained, refused
local, sandbox/, place         where answers run: in the notebook, in a process of their own
submission, one, classrun      from a folder of notebooks to records
record, report/                what is kept and shown
prove/                         the grader graded
"""
