# %% [markdown]
# # 09 · Search Space Odyssey: which parts matter?
#
# **You will be able to** write eight variants of the LSTM as edits of its equations, compare cells by random search and a test, and say what
# explains the differences.
#
# **Needs:** units 03 and 08. **Takes:** 45 minutes. **Costs:** 20 seconds of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import best_tenths, catalogue, draw_params, explore_search
from gatedrnn_course import explore_variants, parse, plot, predict, reveal, run_cell
from gatedrnn_course import show_boxes, show_cell, show_figure3, show_timeline
from gatedrnn_course import small_odyssey
from gatedrnn_course.studies.importance import Forest
from gatedrnn_course.studies.odyssey.paper import IMPORTANCE
from gatedrnn_course.studies.odyssey.space import NAMES, sample_trial
from gatedrnn_course.studies.statistics import best_share, compare
from scipy.stats import ttest_ind

# %% [markdown]
# ## Nine cells
#
# Greff and others (2017) trained nine cells, each 200 times on each of three tasks: speech, handwriting, music. One is the peephole LSTM of unit 08.
# Each of the others is this cell with **one** thing changed. Below are the test errors of the best tenth.

# %%
show_figure3(named=False)

# %% [markdown]
# H and I are worse than A on all three tasks, and nowhere else is that so. What was changed in them?

# %%
predict(
    "which parts",
    "Which two changes are H and I?",
    [
        "No input gate, and no peepholes",
        "No output gate, and no input activation",
        "No forget gate, and no output activation",
        "Two gates coupled, and no output gate",
    ],
)

# %%
with reveal(
    "which parts",
    "No forget gate, and no output activation",
    "NFG and NOAF are significantly worse than V on all three tasks. What the other "
    "names mean, and what significantly means, is this lesson.",
):
    show_figure3()

# %% [markdown]
# ## One cell, eight edits
#
# **V**, for vanilla, is the cell of unit 08:
#
# << equations("V") >>

# %%
show_cell("V")

# %% [markdown]
# A gate that is taken out is 1 for ever. **NIG**, no input gate: every candidate comes in. **NFG**, no forget gate: nothing is ever
# dropped, as in 1997. **NOG**, no output gate: the cell always shows itself.
#
# << equation("NIG", "c") >>
#
# << equation("NFG", "c") >>
#
# << equation("NOG", "h") >>

# %%
show_cell("NFG", lit="c")

# %% [markdown]
# Here is a unit that writes a number at a mark and keeps it, in both cells with the same weights. The second mark brings another number.

# %%
latch = draw_params(catalogue["V"], 2, 1, np.random.default_rng(0), scale=0.0)
latch.W_i[0, 1], latch.b_i[0] = 16.0, -8.0  # i: open at a mark
latch.W_f[0, 1], latch.b_f[0] = -16.0, 8.0  # f: shut at a mark
latch.W_c[0, 0], latch.b_o[0] = 1.0, 8.0  # the candidate; o: always open
xs = np.zeros((24, 1, 2))
xs[:, 0, 0] = np.random.default_rng(4).uniform(-1, 1, 24)
xs[[1, 13], 0] = [[1.5, 1.0], [1.0, 1.0]]  # at steps 2 and 14: a number and a mark

# %%
predict(
    "no forget gate",
    "What does the cell without forget gate hold after the second mark?",
    ["The second number", "The sum of both", "The first number"],
)

# %%
with reveal(
    "no forget gate",
    "The sum of both",
    "Without a forget gate a cell can add but never replace. It works until something "
    "has to go: at the next letter, the next bar, the next word.",
):
    lanes = {"x": xs[:, 0, 0], "mark": xs[:, 0, 1]}
    lanes |= {
        f"c, {name}": run_cell(name, latch, xs)["c"][:, 0, 0] for name in ("V", "NFG")
    }
    show_timeline(lanes, mark=14)

# %% [markdown]
# ## Without squashing
#
# **NIAF** has no input activation: the candidate is what stood inside its tanh. **NOAF** has no output activation: $c$ is shown as it is.
#
# << equation("NIAF", "c_tilde") >>
#
# << equation("NOAF", "h") >>

# %%
predict(
    "no output activation",
    "Gates open, candidate 0.5 at every step. How large is h after 40 steps?",
    ["V: 1, NOAF: 1", "V: 1, NOAF: 20", "V: 20, NOAF: 20"],
)

# %%
with reveal(
    "no output activation",
    "V: 1, NOAF: 20",
    "c grows in both. In V tanh hides that from the gates; in NOAF it goes back "
    "through U into every gate and the candidate, and what is large can grow larger.",
):
    counts = draw_params(catalogue["V"], 1, 1, np.random.default_rng(0), scale=0.0)
    counts.b_i[0], counts.b_f[0], counts.b_o[0] = 30.0, 30.0, 30.0
    counts.b_c[0] = np.arctanh(0.5)
    quiet = np.zeros((40, 1, 1))
    hs = {
        f"h, {name}": run_cell(name, counts, quiet)["h"][:, 0, 0]
        for name in ("V", "NOAF")
    }
    plot({"V": hs["h, V"], "NOAF": hs["h, NOAF"]}, x="step", y="h", at=range(1, 41))

# %% [markdown]
# With a forget gate below 1 the growth has an end. The paper's own explanation is this one: without output activation $h$ can grow without
# bound. It adds that coupled gates may be why the GRU does well without a tanh on the way out.

# %% [markdown]
# ## Fewer parts, and more
#
# **CIFG** couples input and forget gate: $f_t = 1 - i_t$, so that one is learned and the other follows. **NP** has no peepholes: the LSTM of
# unit 03.
#
# << equation("CIFG", "c") >>

# %% [markdown]
# CIFG has the GRU's idea of unit 07: what is not kept is written. The paper says so, but no GRU was trained in it. A page that
# quotes the study for the GRU means CIFG.

# %% [markdown]
# **FGR**, full gate recurrence, adds instead: every gate also sees all three gates of the step before, as in 1997. The line of $f_t$:
#
# << equation("FGR", "f") >>
#
# Its output gate is printed with $c_{t-1}$. We take $c_t$, as in V, and read that as a slip.

# %%
predict(
    "how many",
    "How many parameters has FGR beside V, for large H?",
    ["As many", "About twice as many", "About nine times as many"],
)

# %%
with reveal(
    "how many",
    "About twice as many",
    "V has four matrices U of H times H and four W; FGR has nine more of H times H. "
    "With D = H that is 17 in place of 8. All others have as many as V or fewer.",
):
    nine = ("V", "CIFG", "FGR", "NP", "NOG", "NIAF", "NIG", "NFG", "NOAF")
    for name in nine:
        print(f"{name:5} {catalogue[name].parameter_count(D=32, H=32):6,}")

# %% [markdown]
# ## Play
#
# One unit keeps a number until it is asked for. Blue lines are edited, struck ones gone; weights are the same.
#
# - Make the other numbers 0, then 1, in NIG. Who kept them out in V?
# - Write 2, not 1, in NIAF and in V.
# - Three variants do what V does. Which?

# %%
explore_variants()

# %% [markdown]
# Set by hand, seven of the nine can hold a number. Being able to is not the same as learning it. For that cells must be trained, and there the
# trouble begins.
