"""Architectures evolved by mutation, and the forget bias: the study of Jozefowicz, Zaremba and Sutskever 2015.

A member of a list of the hundred best is mutated, must pass a filter (spell five letters), then one task after the
other at 90 % of what the GRU reaches, and may enter the list by its fitness: the least of its accuracies relative to
the GRU's. `search` runs it, `forget_bias` runs the experiment on b_f = 1.
"""
