# %% [markdown]
# # 05 · Gradient flow: measure it, and choose a start
#
# You write the gradient along the cell state, the gradient along all paths, and two ways to choose a forget bias; then you
# train a cell with it and write the report on it. << unit.points >> points together.
#
# **Needs:** the lesson `notebooks/en/05_gradient_flow.ipynb`. **Takes:** 40 minutes. **Costs:** half a minute, no GPU.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(cell_path_gradient)` gives one
# hint at a time. A function that is wrong or not written yet does no harm. Keep the names of the functions.
#
# How it is graded:
#
# << terms() >>

# %%
# << first_cell >>
import numpy as np

from gatedrnn_course import bit_sequences, catalogue, check, draw_params, earlier
from gatedrnn_course import example, hint, plot, progress, race_on_bits, run_cell
from gatedrnn_course import run_on_device, show_timeline, show_unrolled, sigmoid
from gatedrnn_course import step_jacobians

# %% [markdown]
# ## Before you start: time is axis 0
#
# `fs` holds the forget gates of a whole run, shape (T, B, H): steps, sequences, units. In code steps count from 0 to T-1, and
# `fs[k]` leads from the cell state before step `k` to `cs[k]`, the one after it. Formulas and the picture count from 1: there $f_2$,
# in code `fs[1]`, leads from $c_1$ to $c_2$.

# %%
show_unrolled("LSTM", steps=3)

# %%
(fs,) = example("cell_path_gradient")
print("fs", fs.shape, "its first unit over time", fs[:, 0, 0].round(2))

# %% [markdown]
# ## 1. The direct path (<< points("cell_path_gradient") >> points)
#
# $$\frac{\partial c_T}{\partial c_k} = f_{k+1} \odot f_{k+2} \odot \dots \odot f_T$$
#
# Hand back one array of the shape of `fs`. Entry `k` is the product of `fs[k+1]`, ..., `fs[T-1]`. After the last step nothing
# comes, so the last entry is 1. A gate may be 0, so divide by none and take no logarithm.


# %% tags=["answer"]
def cell_path_gradient(fs):
    # BEGIN SOLUTION
    d_cs = np.ones_like(fs)
    for k in range(len(fs) - 2, -1, -1):
        d_cs[k] = fs[k + 1] * d_cs[k + 1]
    return d_cs
    # END SOLUTION


# %% tags=["check"]
check(cell_path_gradient)

# %% [markdown] tags=["solution"]
# `np.cumprod(fs[::-1], axis=0)[::-1]` is near, and has one factor too many: `fs[k]` leads *to* `cs[k]`. Dividing it by `fs`
# works until a gate is 0.

# %% [markdown]
# ## 2. All paths (<< points("whole_gradient") >> points)
#
# `js[t]` is the Jacobian of step `t` for the state $(h, c)$, shape (B, 2H, 2H): rows belong to the state after the step, columns
# to the one before, and each has $h$ first and $c$ second. The chain rule multiplies the matrices, later steps at the left.

# %% [markdown]
# Hand back (T, B, H, H): entry `k` is the block from $c$ to $c$, at the lower right, of `js[T-1] @ ... @ js[k+1]`. Multiply first,
# then cut it out; the last entry is the identity.
# `np.eye(n)` makes an identity; `@` multiplies the matrices of all sequences at once.

# %%
(js,) = example("whole_gradient")
print("js", js.shape, "so H =", js.shape[-1] // 2)


# %% tags=["answer"]
def whole_gradient(js):
    # BEGIN SOLUTION
    H = js.shape[-1] // 2
    product = np.zeros_like(js) + np.eye(2 * H)
    for k in range(len(js) - 2, -1, -1):
        product[k] = product[k + 1] @ js[k + 1]
    return product[..., H:, H:]
    # END SOLUTION


# %% tags=["check"]
check(whole_gradient)

# %% [markdown] tags=["solution"]
# The block is cut out after the product. Cut out before, every path that goes through $h$ on its way is lost, and what remains
# is item 1 again.

# %% [markdown]
# Now measure with both, on a real LSTM: your own step, if it passed in unit 03. Change `b_f` and run the cell again. Where do the
# two curves part more, at $b_f = 0$ or at 3?

# %%
b_f = 1.0
H, xs = 8, bit_sequences(1, 41)[0]
p = draw_params(catalogue["LSTM"], 2, H, np.random.default_rng(0), scale=0.2)
p.b_f[:] = b_f
js = step_jacobians(earlier("lstm_step"), [np.zeros((1, H))] * 2, p, xs)
direct = earlier("cell_path_gradient")(run_cell("LSTM", p, xs)["f"])[:, 0]
whole = earlier("whole_gradient")(js)[:, 0]
curves = {
    "direct path": direct.max(axis=-1)[::-1],
    "all paths": np.linalg.norm(whole, 2, axis=(-2, -1))[::-1],
}
plot(curves, x="steps back", y="what arrives", log=True)

# %% [markdown]
# ## 3. Biases for half-lives (<< points("forget_bias_for_half_life") >> points)
#
# In unit 03 a gate said the same at every step. In a running cell it is $\sigma(a_t + b_f)$, where $a_t = W_f x_t + U_f h_{t-1}$
# moves. Given `a`, shape (T, H), and a half-life `n` for each unit, shape (H,), find `b_f`, shape (H,), so that in each unit
#
# $$\prod_{t=1}^{T} \sigma(a_t + b_f) = (1/2)^{T/n}$$

# %% [markdown]
# No formula gives it. But the product grows with $b_f$, so halve an interval, for all units at once: begin with `low` at $-40$
# and `high` at 40; look at the middle; in units where too little is left with it, the bias must be larger (`np.where`). Sixty
# halvings are plenty.

# %%
n, a = example("forget_bias_for_half_life")
print("half-lives", n.round(1), "a", a.shape)


# %% tags=["answer"]
def forget_bias_for_half_life(n, a):
    # BEGIN SOLUTION
    low, high = np.full(n.shape, -40.0), np.full(n.shape, 40.0)
    for _halving in range(60):
        b_f = (low + high) / 2
        left = np.prod(sigmoid(a + b_f), axis=0)
        too_little = left < 0.5 ** (len(a) / n)
        low, high = np.where(too_little, b_f, low), np.where(too_little, high, b_f)
    return (low + high) / 2
    # END SOLUTION


# %% tags=["check"]
check(forget_bias_for_half_life)

# %% [markdown] tags=["solution"]
# The formula of unit 03 minus the mean of `a` is not enough: the gate closes faster than it opens, so a gate that moves needs a
# larger bias than one that stands still. For long sequences add logarithms; a product of hundreds of gates may be 0.

# %% [markdown]
# See what such biases do: three units with half-lives of 3, 10 and 30 steps, whose gates move with random inputs. The curves are
# no straight lines, and yet end where those of steady gates would.

# %%
n, rng = np.array([3.0, 10.0, 30.0]), np.random.default_rng(0)
a = rng.normal(size=(60, 3))
left = np.cumprod(sigmoid(a + earlier("forget_bias_for_half_life")(n, a)), axis=0)
curves = {f"half-life {n[k]:.0f}": left[:, k] for k in range(3)}
plot(curves, x="steps", y="left", at=range(1, 61), log=True)

# %% [markdown]
# ## 4. Chrono (<< points("chrono_bias") >> points)
#
# `u` holds a number between 0 and 1 for each unit, drawn evenly. Stretch it, in a straight line, to a span between 1, where $u = 0$,
# and $T_{max} - 1$, where $u = 1$. Then
#
# $$b_f = \log(\text{span}), \qquad b_i = -b_f$$
#
# Hand back both, `b_f` first.


# %% tags=["answer"]
def chrono_bias(u, T_max):
    # BEGIN SOLUTION
    b_f = np.log(1 + u * (T_max - 2))
    return b_f, -b_f
    # END SOLUTION


# %% tags=["check"]
check(chrono_bias)

# %% [markdown] tags=["solution"]
# $\sigma(\log u) = u / (1 + u)$ and $\sigma(-\log u) = 1 / (1 + u)$: the two gates add up to 1, as in a GRU.

# %% [markdown]
# ## 5. The report (<< points("flow_report") >> points)
#
# From the forget gates `fs` of a run, (T, B, H), tell three things:
#
# - `half_life`, (H,): $n$ with $f^n = 1/2$, where $\log f$ is the mean of the unit's $\log f_t$ over steps and sequences
# - `left`, (H,): entry 0 of your direct path, averaged over the sequences
# - `slowest`: the index, from 0, of the unit with the longest half-life

# %% [markdown]
# Hand back the three in this order, or a dict with these names.


# %% tags=["answer"]
def flow_report(fs):
    # BEGIN SOLUTION
    half_life = np.log(0.5) / np.log(fs).mean(axis=(0, 1))
    left = cell_path_gradient(fs)[0].mean(axis=0)
    return half_life, left, np.argmax(half_life)
    # END SOLUTION


# %% tags=["check"]
check(flow_report)

# %% [markdown] tags=["solution"]
# Averaging comes last for `left`, and first for `half_life`. The mean of the gates themselves would flatter every unit that shuts
# now and then.

# %% [markdown]
# ## Put it to work
#
# Train three LSTMs to keep a bit over 60 steps, with your chrono biases, or with the course's where yours have not passed yet.

# %% tags=["nbval-ignore-output"]
biases = earlier("chrono_bias")


def start(p, rng):
    p.b_f[:], p.b_i[:] = biases(rng.uniform(size=len(p.b_f)), 60.0)


race = race_on_bits({"your start": ("LSTM", start)}, steps=60, seeds=3)
told = {f"LSTM {k + 1}": race.told["your start"][:, k] for k in range(3)}
plot(told, x="rounds of training", y="share of bits told", at=race.rounds)

# %% [markdown]
# The report on the first of them, its slowest unit marked; then that unit at work on one sequence, whose bit stands at step 1.

# %% tags=["nbval-ignore-output"]
trained, (xs, bits) = race.params["your start"][0], bit_sequences(64, 60)
run = run_cell("LSTM", trained, xs)
half_life, left, slowest = earlier("flow_report")(run["f"])
show_timeline({"half-life": half_life, "left": left}, mark=int(slowest) + 1, x="unit")
lanes = {name: run[name][:, 0, int(slowest)] for name in ("f", "i", "c", "h")}
show_timeline({"value": xs[:, 0, 0], **lanes}, "the slowest unit over 60 steps")

# %% [markdown]
# ## What you have built
#
# The table shows which functions are right as they are defined now.

# %%
progress("05")

# %% [markdown]
# And the step all this was measured on, your own where it passed, as a torch computation on the fastest device of this machine.

# %% tags=["nbval-ignore-output"]
run_on_device(earlier("lstm_step"))
