"""From the text sources in `course/` to lessons, exercises and solutions, and from those to what students get.

    places      where sources and products lie
    source      reads a source file into cells; the tags an author may use
    templates   the `<< >>` expressions of markdown cells
    answers     answer and check cells, held against the unit's items
    identity    cell ids that survive edits elsewhere
    graded      nbgrader's metadata, locks, stubs and checksums
    first_cell  how every notebook begins
    assemble    one notebook from one source
    build       all notebooks, with the outputs they had or new ones
    execute     runs a notebook
    notebook    notebooks as data
    reveals     keeps the answers to predictions out of the notebooks
    normal      the one form in which a notebook is written
    drift       compares the committed notebooks with their sources
    rules       what a lesson or solution must keep to
    release     what students get of one unit

Nothing is imported here: nbgrader takes seconds, and a release needs none of it.
"""
