"""Studies: many training runs whose results are compared with statistics.

`odyssey` reruns the Search Space Odyssey; `statistics` and `importance` are what any study judges its trials with.
Nothing here loads torch, SciPy, scikit-learn, Optuna or Dask before it is used.
"""
