# %% [markdown]
# # 05 · Gradient flow: why some LSTMs learn and others do not
#
# **You will be able to** say how much of a gradient crosses an LSTM, along which paths, and choose biases with which it
# arrives.
#
# **Needs:** units 01 to 04. **Takes:** 40 minutes. **Costs:** half a minute of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import bit_sequences, earlier, explore_flow, plot
from gatedrnn_course import predict, race_on_bits, random_params, reveal, run_cell
from gatedrnn_course import show_cell, show_timeline, sigmoid, step_jacobians

# %% [markdown]
# ## An LSTM that an RNN beats
#
# The test of unit 03: a bit, then distractors, and at the end the question which bit it was. Here a sequence has 25 steps.
# Eight plain RNNs and eight LSTMs train on the same sequences. The biases $b_f$ of the LSTMs begin at 0.


# %%
def forget_bias(value):
    """Sets the forget bias of a cell before it is trained."""

    def start(p, rng):
        p.b_f[:] = value

    return start


# %% tags=["nbval-ignore-output"]
first_starts = {"RNN": ("RNN", None), "LSTM, b_f = 0": ("LSTM", forget_bias(0))}
first_race = race_on_bits(first_starts, steps=25, seeds=8)
told = {name: shares.mean(axis=1) for name, shares in first_race.told.items()}
plot(told, x="rounds of training", y="share of bits told", at=first_race.rounds)

# %% [markdown]
# Most of the RNNs learn it. Not one of the LSTMs does: at 0.5 a network is guessing. And yet an LSTM was built to remember,
# and you know from unit 03 that one unit can hold the bit. The equations are right. What is missing?

# %% [markdown]
# ## What training needs
#
# The error stands at step 25, the bit at step 1. Training changes what step 1 writes only if the error *feels* it: if the
# gradient $\partial c_T / \partial c_1$ is not nearly 0. So ask of one step: by how much does $c_t$ move if $c_{t-1}$ does?
#
# << equation("LSTM", "c") >>

# %%
show_cell("LSTM", lit="c")

# %% [markdown]
# Along the lit line $c_{t-1}$ is multiplied by $f_t$, and something is added. So the slope is $f_t$, a number for each unit.
# Over many steps the slopes multiply, unit by unit:
#
# $$\text{direct path:}\quad \frac{\partial c_T}{\partial c_k} = f_{k+1} \odot f_{k+2} \odot \dots \odot f_T$$
#
# *Forget* means *keep* here, too: $f_t$ is the share that is kept.

# %%
predict(
    "half gates",
    "With b_f = 0 a gate is about 0.5. How much of the gradient crosses 24 steps?",
    ["About a half", "About 1/24", "Less than a millionth"],
)

# %%
with reveal(
    "half gates",
    "Less than a millionth",
    "0.5 to the power of 24 is 0.00000006. A gate is never above 1, so this product "
    "can only shrink: along c, too, a gradient can vanish.",
):
    lags = np.arange(25)
    shares = {f"f = {f}": f**lags for f in (0.99, 0.9, 0.73, 0.5)}
    plot(shares, x="steps back", y="what arrives", log=True)

# %% [markdown]
# So along $c$ an LSTM with $b_f = 0$ is deaf to step 1 when training begins. The cell state carries a gradient only where the
# forget gates are near 1. But is the RNN not deaf, too? And is there no other way than along $c$?

# %% [markdown]
# ## Three networks on one axis
#
# Now measure. The **Jacobian** of a step holds the slope of each new number by each old one. Over several steps these matrices
# multiply, later ones at the left. The largest **singular value** of the product says how much of a gradient arrives at most
# (unit 01).


# %%
def arrives(js, first=0):
    """What arrives over 0, 1, 2, ... steps, from the Jacobians of the steps."""
    product, sizes = np.eye(js.shape[-1]), [1.0]
    for j in js[:0:-1]:  # from the last step back
        product = product @ j
        block = product[first:, first:]
        sizes.append(np.linalg.norm(block, 2))  # largest singular value
    return sizes


# %% [markdown]
# `step_jacobians` finds the matrices by moving every number of the state a little. It works for any step. The three below are
# your own where your check has passed, else the course's.

# %% tags=["nbval-ignore-output"]
rnn_step, lstm_step = earlier("rnn_step"), earlier("lstm_step")
residual_layer = earlier("residual_layer")

# %% [markdown]
# Three kinds of network with 16 units, random weights about as large as torch draws them, and 40 steps. In a **ResNet**
# (unit 02) each layer adds something to what it got: depth takes the place of time, and each layer has its own weights.

# %%
H, SIZE = 16, 0.15
xs, zero = bit_sequences(1, 41)[0], np.zeros((1, H))


def jacobians(name, p):
    """The Jacobians of all steps: (41, 16, 16), or (41, 32, 32) for h and c."""
    if name == "RNN":
        return step_jacobians(rnn_step, [zero], p, xs)[:, 0]
    return step_jacobians(lstm_step, [zero, zero], p, xs)[:, 0]


# %%
predict(
    "three networks",
    "An RNN, an LSTM with b_f = 0, a ResNet: in which does the gradient shrink?",
    ["In the RNN only", "In the RNN and the LSTM", "In all three"],
)

# %%
with reveal(
    "three networks",
    "In the RNN and the LSTM",
    "Along c this LSTM does worse than the RNN. With b_f = 3 a good part arrives. In "
    "the ResNet x goes straight through, as if its f were 1: nothing shrinks.",
):
    curves = {"RNN": arrives(jacobians("RNN", *random_params("RNN", 1, SIZE)))}
    for b_f in (0, 1, 3):
        js = jacobians("LSTM", *random_params("LSTM", 1, SIZE, b_f=b_f))
        curves[f"LSTM along c, b_f = {b_f}"] = arrives(js[:, H:, H:])
    layers = random_params("residual layer", 41, SIZE)
    js = step_jacobians(residual_layer, [zero + 1.0], layers)[:, 0]
    curves["ResNet"] = arrives(js)
    plot(curves, x="steps back, or layers", y="what arrives", log=True)

# %% [markdown]
# In the code, `js[:, H:, H:]` is the part of the Jacobian that leads from $c_{t-1}$ to $c_t$. It has the gates $f_t$ on its
# diagonal and 0 elsewhere, so its products are the direct path. See for yourself:

# %%
p = random_params("LSTM", 1, SIZE, b_f=1)[0]
js = jacobians("LSTM", p)
f = run_cell("LSTM", p, xs)["f"][:, 0]
largest = np.abs(js[:, H:, H:] - f[:, None] * np.eye(H)).max()
print("the block from c to c is diag(f):", largest < 1e-6)

# %% [markdown]
# ## The path through h
#
# The direct path is not the whole gradient. $h_{t-1} = o_{t-1} \odot \tanh(c_{t-1})$ shows $c_{t-1}$, and enters all gates
# and the candidate of the next step through the matrices $U$. That is a second way from $c_{t-1}$ to later cell states, and
# from there a third, and so on.

# %%
show_cell("LSTM", lit=("h", "f", "i", "c_tilde", "o"))

# %% [markdown]
# All ways together are in the product of the **whole** Jacobians, for $h$ and $c$ side by side. Each has four blocks, and
# $h \leftarrow c$ says how the new $h$ answers to the old $c$. The block $c \leftarrow c$ of the product is the whole gradient
# $\partial c_T / \partial c_k$:
#
# $$J_T \cdots J_{k+2} \, J_{k+1}, \qquad J_t = \begin{pmatrix} h \leftarrow h & h \leftarrow c \\ c \leftarrow h & c \leftarrow
# c \end{pmatrix}$$

# %%
predict(
    "whole gradient",
    "b_f = 3. How large is the whole gradient over 40 steps, beside the direct path?",
    ["Smaller", "The same", "Larger, but below 1", "Larger, above 1"],
)

# %%
with reveal(
    "whole gradient",
    "Larger, above 1",
    "Much of it comes through h, more or less with each draw of the weights. Only the "
    "direct path can be read off the gates.",
):
    ps = random_params("LSTM", 4, SIZE, b_f=3)
    all_js = [jacobians("LSTM", p) for p in ps]
    direct = [arrives(js[:, H:, H:]) for js in all_js]
    curves = {"direct path, mean of four": np.mean(direct, axis=0)}
    for k, js in enumerate(all_js, 1):
        curves[f"whole gradient, weights {k}"] = arrives(js, first=H)
    plot(curves, x="steps back", y="what arrives", log=True)

# %% [markdown]
# Is it really the path through $h$ that makes the difference? Cut it: set all $U$ to 0, and the two must agree.

# %%
for p in ps:
    for name in ("U_f", "U_i", "U_c", "U_o"):
        p[name][:] = 0.0
    js = jacobians("LSTM", p)
    ends = arrives(js[:, H:, H:])[-1], arrives(js, first=H)[-1]
    print("direct {:.4f}, whole {:.4f}".format(*ends))

# %%
predict(
    "explode",
    "Weights seven times as large. What can the whole gradient of an LSTM do?",
    ["Vanish only", "Stay near 1: an LSTM is safe", "Explode"],
)

# %%
with reveal(
    "explode",
    "Explode",
    "Through h an LSTM is a recurrent network like any other. Only the direct path "
    "stays below 1, whatever the weights are.",
):
    curves = {}
    for k, p in enumerate(random_params("LSTM", 4, 1.0, b_f=3), 1):
        curves[f"whole gradient, weights {k}"] = arrives(jacobians("LSTM", p), first=H)
    plot(curves, x="steps back", y="what arrives", log=True)
