# %% [markdown]
# # 00 · Start here
#
# **You will be able to** run a notebook of this course, predict before you look, read a check, and tell whether your machine
# has a GPU.
#
# **Needs:** Python, and NumPy arrays as in `a @ b`. **Takes:** 15 minutes. **Costs:** a few seconds, no GPU.

# %% [markdown]
# ## How the course works
#
# A unit is one lesson, like this one, and one assignment of 100 points. In the lesson you read, predict and play. In the
# assignment you write short functions and check them.
#
# Run a cell with Shift and Enter. Run the cells from top to bottom; every one takes seconds.

# %%
import numpy as np

from gatedrnn_course import (
    catalogue,
    example,
    explore_gates,
    predict,
    reveal,
    show_cell,
    show_shapes,
)

# %% [markdown]
# ## Predict, then look
#
# Before a result appears you are asked what it will be. Nothing is graded. People who commit to an answer first remember the
# result better, above all when they were wrong. Choose one:

# %%
predict(
    "rows",
    "x holds 5 vectors of 3 numbers, one a row, and W has shape (4, 3). Which product gives 5 vectors of 4 numbers?",
    ["W @ x", "x @ W", "x @ W.T"],
)

# %%
x, W = np.ones((5, 3)), np.ones((4, 3))
for words, a, b in (("W @ x", W, x), ("x @ W", x, W), ("x @ W.T", x, W.T)):
    try:
        print(f"{words:7} has shape", (a @ b).shape)
    except ValueError:
        print(f"{words:7} does not fit")

# %%
reveal(
    "rows",
    "x @ W.T",
    "The inner sizes must agree: (5, 3) times (3, 4). The other two do not fit.",
)

# %% [markdown]
# ## From the slide to the code
#
# Slides write a linear layer with a column vector: $h = W_h x + b_h$. In code one array holds a whole batch, one vector a
# **row**, so the same layer is `x @ W.T + b`. Every gate of this course starts with such a sum.

# %%
show_shapes("linear")

# %% [markdown]
# Parameters come together in one object `p`, by the names on the slide:

# %%
x, p = example("linear")
print("x", x.shape, " p.W_h", p.W_h.shape, " p.b_h", p.b_h.shape)

# %% [markdown]
# ## A cell is its equations
#
# Every network in this course is a few lines of text. Pictures, code, gradients and the checks are all made from those lines.
# This is the simplest one, a plain recurrent network:

# %%
print(catalogue["RNN"].text)
show_cell("RNN")

# %% [markdown]
# ## Pictures you can move
#
# Sliders work with the mouse and with the arrow keys. The sentence below the picture says in words what it shows. This one
# is the LSTM of unit 03; for now, only see that it moves.

# %%
explore_gates("LSTM")

# %% [markdown]
# ## How a check reads
#
# In the assignment you call `check(function)` and get one of three answers:
#
# - a green panel: the function is right;
# - an orange panel with the mistake in words: mend it and check again;
# - one sentence that the function is not written yet. Jupyter shows it on red; nothing is broken. The notebook goes on.
#
# `NameError`: run the cell with the function first. A cell that stays at `[*]` is still running; ■ stops it.
#
# A check compares your numbers with the right ones on fresh inputs of several sizes. How you write the function is up to you.

# %% [markdown]
# ## Is there a GPU?
#
# You need none: every cell of the course runs in seconds on a laptop. Where there is one, the same notebook uses it and says
# so.

# %% tags=["nbval-ignore-output"]
import torch

if torch.cuda.is_available():
    print("GPU:", torch.cuda.get_device_name(0))
else:
    print("No GPU that torch can use. Everything runs on the CPU.")

# %% [markdown]
# **Next:** `exercises/en/00_start_here.ipynb`, one function to warm up. Then unit 03, where you build the LSTM step.
