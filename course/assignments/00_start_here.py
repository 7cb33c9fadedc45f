# %% [markdown]
# # 00 · Start here: your first check
#
# One function, << unit.points >> points. It is the sum that stands inside every gate of the course.
#
# **Needs:** the lesson `notebooks/en/00_start_here.ipynb`. **Takes:** 10 minutes. **Costs:** seconds, no GPU.

# %%
# << first_cell >>
import numpy as np

from gatedrnn_course import check, example, hint, progress, show_shapes

# %% [markdown]
# ## A linear layer
#
# On the slide: $h = W_h x + b_h$, with a column $x$. In code `x` holds one vector a row:

# %%
show_shapes("linear")

# %% [markdown]
# `example` gives you arguments to try things on:

# %%
x, p = example("linear")
print("x", x.shape, " p.W_h", p.W_h.shape, " p.b_h", p.b_h.shape)

# %% [markdown]
# Replace the line `...  # your code here`, run the cell, then run the check below it. Make a mistake on purpose first: leave
# out the bias, or write the product the other way round, and read what the check says.


# %% tags=["answer"]
def linear(x, p):
    # BEGIN SOLUTION
    return x @ p.W_h.T + p.b_h
    # END SOLUTION


# %% tags=["check"]
check(linear)

# %% [markdown] tags=["solution"]
# `p.W_h @ x` is the product as it stands on the slide. It is right for a single vector and fails for a batch of rows.

# %% [markdown]
# Stuck? Run `hint(linear)` in a cell of your own: three hints, one at a time.
#
# How it is graded:
#
# << terms() >>

# %%
progress("00")

# %% [markdown]
# **Next:** `notebooks/en/01_rnn_forgets.ipynb`.
