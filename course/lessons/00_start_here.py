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
# A unit is one lesson, like this one, and one assignment of 100 points. In the lesson you read, predict and play; in the
# assignment you write short functions and check them. Run a cell with Shift and Enter, from top to bottom. After a restart,
# begin with the first cell again.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import catalogue, check, example, explore_gates
from gatedrnn_course import predict, reveal, show_cell, show_shapes

# %% [markdown]
# ## Why the code looks unlike the slide
#
# Slides write a linear layer with a column vector: $h = W_h x + b_h$. In code one array holds a whole batch, one vector a
# **row**. The picture shows the same numbers twice.

# %%
show_shapes("linear")

# %% [markdown]
# ## Predict, then look
#
# Before a result appears you are asked what it will be. Nothing is graded. Trying an answer first helps to remember the
# right one, even when the try was wrong (Richland, Kornell and Kao 2009). Choose one, then run the cell below it.

# %%
predict(
    "rows",
    "x holds 5 vectors of 3 numbers, one a row, and W has shape (4, 3). "
    "Which product gives 5 vectors of 4 numbers?",
    ["W @ x", "x @ W", "x @ W.T"],
)

# %%
with reveal(
    "rows",
    "x @ W.T",
    "The inner sizes must agree: (5, 3) times (3, 4). The other two do not fit.",
):
    x, W = np.ones((5, 3)), np.ones((4, 3))
    for words, a, b in (("W @ x", W, x), ("x @ W", x, W), ("x @ W.T", x, W.T)):
        fits = a.shape[1] == b.shape[0]
        print(f"{words:7} {a.shape} {b.shape}", (a @ b).shape if fits else "do not fit")

# %% [markdown]
# If you have not chosen, the cell asks you to. On a page without Python the answer stands folded: decide first, then open it.

# %% [markdown]
# ## A cell is its equations
#
# Every network in this course is a few lines of text. Pictures, code, gradients and the checks are all made from those lines.
# This is the simplest one, a plain recurrent network:

# %%
print(catalogue["RNN"].text)
show_cell("RNN")

# %% [markdown]
# Its parameters come together in one object `p`, by the names on the slide. `example` gives you small arguments for a
# function of an assignment, here for the linear layer:

# %%
x, p = example("linear")
print("x", x.shape, " p.W_h", p.W_h.shape, " p.b_h", p.b_h.shape)

# %% [markdown]
# ## Pictures you can move
#
# Sliders work with the mouse and with the arrow keys; the sentence says in words what the picture shows. This is one unit of
# the LSTM, from unit 03, over 20 steps. For now, press a button and see that it moves.

# %%
explore_gates("LSTM")

# %% [markdown]
# ## How a check reads
#
# In the assignment you write a function, then call `check(function)`. This one has a mistake: it forgets the bias. Read what
# the check says, then what stands below the title.


# %%
def linear(x, p):
    """A linear layer, not yet right."""
    return x @ p.W_h.T


# %% tags=["nbval-ignore-output"]
check(linear)

# %% [markdown]
# - A green panel: the function is right.
# - An orange panel: the mistake in words. Mend it and check again.
# - One sentence that the function is not written yet. Nothing is broken.
#
# A check compares numbers on fresh inputs of several sizes. How you write the function is up to you.

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
# **Next:** `exercises/en/00_start_here.ipynb`, one function to warm up. Then unit 01, where a network reads a sequence and
# forgets how it began.
