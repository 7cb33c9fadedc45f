"""Cells as torch modules: called, checked, initialised, read from and written to the layouts of other libraries."""
