# %% [markdown]
# # 01 · An RNN forgets
#
# **You will be able to** unroll a recurrent network, follow its gradient back through time by hand, and say from singular
# values whether that gradient arrives.
#
# **Needs:** NumPy, matrices, derivatives, and unit 00. **Takes:** 45 minutes. **Costs:** half a minute of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import Params, adding_errors, adding_sequences, bit_sequences
from gatedrnn_course import catalogue, explore_lags, plot, predict, read_bit, reveal
from gatedrnn_course import run_cell, show_cell, show_stretch, show_timeline
from gatedrnn_course import show_unrolled, train_on_bits
from gatedrnn_course.cells import draw_params

# %% [markdown]
# ## One bit, then distractors
#
# A network reads 40 inputs. The first brings a bit, $-1$ or $1$, with a mark beside it that says *this one counts*. The other
# 39 are distractors. At the end somebody asks: which bit was it?

# %%
xs, bits = bit_sequences(400)
show_timeline({"value": xs[:, 0, 0], "mark": xs[:, 0, 1]}, mark=1)

# %% [markdown]
# A **recurrent neural network** (RNN) reads one input after the other and keeps a vector. Six of them, with 16 numbers each,
# were trained on this test, once for each length $T$. A bar is one network: the share of bits it tells at the end. At 0.5 it
# is guessing.

# %% tags=["nbval-ignore-output"]
shares = {}
for T in (5, 10, 20, 40):
    short, asked = bit_sequences(400, T)
    ps = [train_on_bits("RNN", 16, T, rounds=150, seed=s) for s in range(6)]
    ends = [run_cell("RNN", p, short)["h"][-1] for p in ps]
    shares[f"T = {T}"] = [read_bit(h, asked) for h in ends]
show_timeline(shares, x="network")

# %% [markdown]
# The same bit, the same networks, the same training: only the wait is longer. At $T = 40$ one may be lucky, and most are
# left guessing. So an RNN *can* hold a bit, and yet training does not find out how. Why?

# %% [markdown]
# ## The same step, again and again
#
# At step $t$ the network makes its new **hidden state** $h_t$ from the input $x_t$ and the old state $h_{t-1}$:
#
# << equation("RNN", "h") >>
#
# Two matrices and a bias, all learned. Follow the thick line: the old state is mixed by $U_h$, the input is added, and tanh
# squashes the sum.

# %%
show_cell("RNN")

# %% [markdown]
# Drawn once for each step, the network is **unrolled**. All boxes hold the same $W_h$, $U_h$ and $b_h$. Whatever step 4 knows
# of step 1 has come through $h_1$, $h_2$ and $h_3$.

# %%
show_unrolled("RNN", steps=4)

# %% [markdown]
# Now watch the bit on its way. For $U_h$ take a **rotation** (an orthogonal matrix) times a number, its *norm*: every vector is
# turned, and made longer or shorter by that factor. It mixes, yet it prefers no direction.

# %%
rotation = np.linalg.qr(np.random.default_rng(4).normal(size=(16, 16)))[0]


def network(norm, U=rotation):
    """An RNN of 16 units."""
    p = draw_params(catalogue["RNN"], 2, 16, np.random.default_rng(0), scale=0.5)
    p.U_h[:] = norm * U
    return p


# %%
predict(
    "bit fades",
    "Two runs with different bits: how does the distance of their states fall?",
    ["By about the same amount a step", "By about the same factor a step"],
)

# %%
with reveal(
    "bit fades",
    "By about the same factor a step",
    "On this axis the same factor a step is a straight line. tanh makes it a little "
    "steeper than the norm of U_h alone.",
):
    turned, gaps = xs.copy(), {}
    turned[0, :, 0] *= -1
    for norm in (0.9, 0.7, 0.5):
        a, b = (run_cell("RNN", network(norm), inputs)["h"] for inputs in (xs, turned))
        gaps[f"norm {norm}"] = np.linalg.norm(a - b, axis=-1).mean(axis=1)
    plot(gaps, x="step", y="distance", at=range(1, 41), log=True)

# %% [markdown]
# At step 40 nothing of the bit can be read any more. Training could change $U_h$, if it were told to. What it is told comes
# back along the same way.

# %% [markdown]
# ## The way back
#
# Training asks: if I change this number a little, how does the loss $L$ at the end change? That is the **gradient**, and it is
# found from the end to the start. Each step takes the gradient of its new state and makes that of its old one.

# %%
show_unrolled("RNN", steps=4, back=True)

# %% [markdown]
# In the test of the bit the loss looks at the last state only, so only the rightmost arrow from above carries something. What
# does a single step do to it? Two things stand between $h_{t-1}$ and $h_t$: the matrix $U_h$ and tanh.

# %%
predict(
    "slope of tanh",
    "Where is the slope of tanh(a) largest, and how large is it there?",
    ["At 0: it is 1", "At 0: it is 1/2", "Far from 0: it is 1"],
)

# %%
with reveal(
    "slope of tanh",
    "At 0: it is 1",
    "With h = tanh(a) the slope is 1 - h squared: above 0, at most 1, and near 0 "
    "where tanh is flat.",
):
    a = np.linspace(-4, 4, 81)
    h = np.tanh(a)
    plot({"tanh(a)": h, "its slope, 1 - h²": 1 - h**2}, x="a", y="value", at=a)

# %% [markdown]
# Move old unit $j$ a little: the sum inside unit $i$ moves by entry $(i, j)$ of $U_h$ times that, and unit $i$ by its slope times
# that. All these numbers in one matrix are the **Jacobian** of the step:
#
# $$J_t = \frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2)\, U_h$$
#
# The slopes scale the rows of $U_h$.

# %%
p, t = network(0.9), 20
hs = run_cell("RNN", p, xs)["h"][:, 0]  # one sequence: (T, H)
J = np.diag(1 - hs[t] ** 2) @ p.U_h

# %% [markdown]
# Is that right? Move each old unit by a tiny step $\varepsilon$ along the *imaginary* axis and read the imaginary part of the new
# state: a derivative without a difference, so nothing is lost to rounding. This check is called **complex step**.

# %%
eps = 1e-30
moved = hs[t - 1] + 1j * eps * np.eye(16)  # row j: old unit j moved
a = xs[t, 0] @ p.W_h.T + moved @ p.U_h.T + p.b_h
measured = np.tanh(a).imag.T / eps
print("the same to 1e-12:", np.allclose(J, measured, rtol=0, atol=1e-12))

# %% [markdown]
# The gradient passes through the same numbers the other way, from new units to old ones, so the Jacobian is transposed. With
# $g_t$ for the gradient of $L$ at $h_t$:
#
# $$g_{t-1} = J_t^\top g_t$$
#
# One product a step, from the end to the start: that is **backpropagation through time** (BPTT).

# %% [markdown]
# ## Who is heard
#
# Every step uses the same $U_h$, so each step adds a share to the gradient of $U_h$. It is the gradient inside its tanh, times its
# old state:
#
# $$\frac{\partial L}{\partial U_h} = \sum_t \big( (1 - h_t^2) \odot g_t \big)\, h_{t-1}^\top$$


# %%
def shares_of_U(p, hs, g):
    """What each step adds to the gradient of U_h, from the last step to the second."""
    found = []
    for t in range(len(hs) - 1, 0, -1):
        a = (1 - hs[t] ** 2) * g  # the gradient inside the tanh
        found.append(np.outer(a, hs[t - 1]))
        g = p.U_h.T @ a  # J.T @ g
    return np.array(found)


# %% [markdown]
# Step 1 adds nothing, as $h_0$ is 0. Do all shares together make the gradient? Take for $L$ a quarter of the sum of all units of
# $h_T$, and ask one number of $U_h$ by complex step.

# %%
g = np.full(16, 0.25)
by_hand = shares_of_U(p, hs, g).sum(axis=0)
moved = Params(p)
moved.U_h = p.U_h.astype(complex)
moved.U_h[2, 5] += 1j * eps
asked = (g @ run_cell("RNN", moved, xs[:, :1])["h"][-1, 0]).imag / eps
print(f"by hand {by_hand[2, 5]:.6f}, asked {asked:.6f}")


# %%
predict(
    "who is heard",
    "The loss looks at step 40. Which steps have the most to say about U_h?",
    ["The first few", "All alike", "The last few"],
)

# %%
with reveal(
    "who is heard",
    "The last few",
    "The steps near the bit are drowned by steps that read nothing but distractors. "
    "The gradient is large enough; it is about the wrong thing.",
):
    sizes = {}
    for norm in (0.9, 0.7, 0.5):
        states = run_cell("RNN", network(norm), xs)["h"][:, 0]
        parts = shares_of_U(network(norm), states, g)
        sizes[f"norm {norm}"] = np.linalg.norm(parts, axis=(1, 2))[::-1]
    plot(sizes, x="step", y="size of its share", at=range(2, 41), log=True)

# %% [markdown]
# This is the **vanishing gradient**, described by Hochreiter (1991) and by Bengio, Simard and Frasconi (1994). Nothing is broken:
# the one step that matters is too far away to be heard.
