# %% [markdown]
# # 04 · Through time: which way should a weight move?
#
# **You will be able to** take the gradient of an LSTM back by hand, line by line and step by step, and prove that it is right.
#
# **Needs:** unit 03, the chain rule, the product of a matrix and a vector. **Takes:** 45 minutes. **Costs:** seconds, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import Params, bit_sequences, catalogue, compare_with_torch
from gatedrnn_course import draw_params, earlier, explore_time, gradient_check, plot
from gatedrnn_course import predict, reveal, run_and_keep, run_back, run_cell, show_cell
from gatedrnn_course import show_shapes, show_timeline, show_torch_layout, show_unrolled
from gatedrnn_course import sigmoid

# %% [markdown]
# ## A loss at step 10, a weight at every step
#
# Four sequences bring a bit at step 1 and distractors after it, as in unit 03. An LSTM of three units reads ten steps. All
# three numbers of its last hidden state should be the bit. The **loss** says how far off they are, over all four sequences:
#
# $$L = \tfrac{1}{2} \sum (h_{10} - \text{bit})^2$$

# %%
xs, bits = bit_sequences(4, steps=10)
rng = np.random.default_rng(1)
p = draw_params(catalogue["LSTM"], 2, 3, rng)
h_0, c_0 = rng.normal(size=(2, 4, 3))


def loss(p):
    h = run_cell("LSTM", p, xs, [h_0, c_0])["h"]
    return ((h[-1] - bits[:, None]) ** 2).sum() / 2


# %% [markdown]
# `run_cell` computes the six equations for all ten steps. The weights are random, so the loss is large. Take one of them, the
# first of $W_o$, and move it while the others stay. Each of the ten steps uses it.


# %%
def moved(by, name="W_o", at=(0, 0)):
    """The parameters with one number moved."""
    kind = type(by)  # float now, complex later
    q = Params({key: array.astype(kind) for key, array in p.items()})
    q[name][at] += by
    return q


by = np.linspace(-2, 2, 41)
curve = {"loss": [loss(moved(float(b))) for b in by]}
plot(curve, x="W_o[0, 0] moved by", y="loss", at=by)

# %% [markdown]
# At 0 the curve has a slope. It says which way the weight should move, and how much that helps: training needs this number for
# every weight. You can measure it: move a little, run again, divide. Call this a *wiggle*.


# %%
def wiggle(step):
    return (loss(moved(step)) - loss(p)) / step


print(f"{wiggle(1e-3):.3f}")

# %%
predict(
    "small step",
    "The slope at a point is the limit of ever smaller steps. "
    "Which of these steps gives it most exactly?",
    ["0.001", "0.0000001", "0.0000000000000001"],
)

# %%
with reveal(
    "small step",
    "0.0000001",
    "Down to there smaller is better. Then the two losses agree in so many of their "
    "16 digits that little is left of their difference. At the last step nothing is.",
):
    saved = run_and_keep("LSTM", p, xs, [h_0, c_0])
    d_hs = np.zeros_like(saved.h)
    d_hs[-1] = saved.h[-1] - bits[:, None]
    exact = run_back("LSTM", saved, d_hs, p)["d_W_o"].sum(axis=0)[0, 0]
    steps = np.arange(-16, 0)
    errors = {"wiggle": [abs(wiggle(10.0**k) / exact - 1) for k in steps]}
    plot(
        errors, x="size of the step: 10 to the", y="relative error", at=steps, log=True
    )

# %% [markdown]
# At best about half of the 16 digits are right. And each weight costs one more run: << count("LSTM", 2, 3) >> runs here,
# << count("LSTM", 100, 256) >> for $D = 100$ and $H = 256$. One run **backwards** gives all slopes at once, with all digits.
# The exact slope above came from it. You will build it.

# %% [markdown]
# ## The same step, again and again
#
# Drawn once for each step, the cell is a chain. Two states go from step to step, $c$ and $h$. The parameters do not change from
# step to step.

# %%
show_unrolled("LSTM")

# %% [markdown]
# In code the chain is one loop around the step of unit 03:

# %%
lstm_step = earlier("lstm_step")
h, c = h_0, c_0
for x in xs:
    h, c = lstm_step(x, h, c, p)
print(f"loss {((h - bits[:, None]) ** 2).sum() / 2:.4f}, as above {loss(p):.4f}")

# %%
predict(
    "more steps",
    "The loop runs over 20 steps instead of 10. How many more parameters has it?",
    ["None", "Twice as many", "10 matrices more"],
)

# %%
with reveal(
    "more steps",
    "None",
    "Every step uses the same p. So one weight acts on the loss by 10 ways, or by 20, "
    "and its slope is the sum over all of them.",
):
    longer, _bits = bit_sequences(4, steps=20)
    run = run_cell("LSTM", p, longer, [h_0, c_0])
    print("hidden states:", run["h"].shape)
    print("numbers in p:", sum(array.size for array in p.values()))

# %% [markdown]
# ## What the run must leave behind
#
# Going back, every line of every step is asked: how did your result depend on what you were made of? Take the line
# `c = f * c_prev`, with one number each. Write `d_c` for the slope of the loss in `c`.

# %%
predict(
    "other factor",
    "Move f a little, and c = f * c_prev moves c_prev times as much. "
    "So what is d_f, the slope of the loss in f?",
    ["d_c * f", "d_c * c_prev", "d_c * c"],
)

# %%
with reveal(
    "other factor",
    "d_c * c_prev",
    "The slope of a product in one factor is the other factor. "
    "Whoever goes back must still know it.",
):
    f, c_prev, d_c = 0.8, 2.0, 0.5
    measured = d_c * ((f + 1e-6) * c_prev - f * c_prev) / 1e-6
    print(f"measured: {measured:.2f}, with f = {f}, c_prev = {c_prev}, d_c = {d_c}")

# %% [markdown]
# So the run keeps, for every step, what went in and every line: this is `saved`. Each array has the time axis first, then the
# batch. The price of a gradient is memory, and it grows with the number of steps.

# %%
saved = run_and_keep("LSTM", p, xs, [h_0, c_0])
print(saved)
