# %% [markdown]
# ## Back through the chain
#
# Now the loop runs from the last step to the first. At each step two gradients arrive from the step after it, `d_h` and `d_c`:
# the way forwards had two states, so the way back has two as well.

# %%
show_unrolled("LSTM", back=True)

# %% [markdown]
# At each step:
#
# 1. To the `d_h` carried here add `d_hs[t]`, what the loss says about this very $h_t$.
# 2. Go back through the step.
# 3. Carry `d_h_prev` and `d_c_prev` to the step before: its `d_c_next` is your `d_c_prev`.
# 4. Add the shares of the parameters to their sums.
#
# At the last step nothing is carried yet: zeros.

# %%
predict(
    "two carried",
    "Somebody carries d_h from step to step and forgets d_c. "
    "What becomes of the gradient at step 1?",
    ["It stays right", "It is smaller, and wrong", "It is zero"],
)

# %%
with reveal(
    "two carried",
    "It is smaller, and wrong",
    "Both ways reach the first step. A loop that loses one still gives numbers, "
    "of the right shape and not even zero. Only a check finds it.",
):
    sizes = {}
    for words, carry in (("both", "hc"), ("only d_c", "c"), ("only d_h", "h")):
        way = run_back("LSTM", saved, d_hs, p, carry=carry)
        sizes[f"{words} carried"] = np.linalg.norm(way["d_c"], axis=(1, 2))
    plot(sizes, x="step", y="size of d_c", at=range(1, 11), log=True)

# %% [markdown]
# ## Play
#
# One unit with gates set by hand, as the latch of unit 03, but its output gate follows the inputs. Move the step: $c$ holds the
# bit of step 1, and $h$ shows it whenever the output gate opens. Slow $c$, fast $h$.

# %% [markdown]
# Then choose *backwards*. The loss is the last $h$, and its gradient goes towards step 1.
#
# - How much of `d_c` is left at step 1? Which gate decides that?
# - Move the forget bias to 1 and to 0. What happens forwards, and backwards?

# %%
explore_time()

# %% [markdown]
# ## Is it right?
#
# A wiggle has too few digits to tell a small mistake from its own error. There is a better one. Move the weight by
# $\varepsilon i$, with the imaginary unit $i$ (no gate this time; NumPy writes `1j`). For a smooth loss
#
# $$L(w + \varepsilon i) = L(w) + \varepsilon i \, L'(w) + \text{terms with } \varepsilon^2$$

# %% [markdown]
# The slope stands alone in the imaginary part, so nothing is subtracted and no digits cancel. The step may be so small that the
# terms with $\varepsilon^2$ vanish altogether. This is called a **complex step**, and NumPy computes with complex numbers as
# it does with others.


# %%
def complex_step(step, name="W_o", at=(0, 0)):
    return loss(moved(step * 1j, name, at)).imag / step


print(f"{complex_step(1e-20):.12f} by complex step")
print(f"{exact:.12f} by going back")

# %%
predict(
    "smaller still",
    "The wiggle lost everything with a step of 10 to the -16. "
    "And a complex step of 10 to the -16?",
    ["It loses everything, too", "It gives all digits"],
)

# %%
with reveal(
    "smaller still",
    "It gives all digits",
    "Nothing is subtracted, so nothing cancels. Below 10 to the -8 the error is the "
    "rounding of the last digit.",
):
    least = 1e-17  # a logarithmic axis has no 0
    tries = [abs(complex_step(10.0**k) / exact - 1) for k in steps]
    errors["complex step"] = np.maximum(tries, least)
    plot(
        errors, x="size of the step: 10 to the", y="relative error", at=steps, log=True
    )

# %% [markdown]
# `gradient_check` does this for every single number: the slope by complex step beside the gradient of `lstm_backward`. That is
# your own function once its check has passed, until then the course's.

# %%
lstm_backward = earlier("lstm_backward")
gradient_check(lstm_backward)

# %% [markdown]
# A check is worth something if it fails when it should. This is the loop that forgets to carry `d_c`:


# %%
def forgetful(saved, d_hs, p):
    back = run_back("LSTM", saved, d_hs, p, carry="h")
    states = {name: back[f"d_{name}_prev"][0] for name in "hc"}
    sums = {f"d_{name}": back[f"d_{name}"].sum(axis=0) for name in p}
    return {"d_xs": back["d_x"], "d_h_0": states["h"], "d_c_0": states["c"], **sums}


gradient_check(forgetful)

# %% [markdown]
# ## The same numbers as torch
#
# `torch.nn.LSTM` is this cell. It keeps the four $W$ in one array, one below the other, and the four $U$ in another, so that a
# step needs two products instead of eight. Mind the order: $i$, $f$, candidate, $o$.

# %%
show_torch_layout()

# %% [markdown]
# It also has two biases where one would do. Both are added to the same sum, so only their total counts: put $b$ into the first and
# zeros into the second.

# %%
predict(
    "two biases",
    "Your gradient of b is d_b. What gradient has torch for its first bias, "
    "and what for its second?",
    ["d_b and 0", "d_b and d_b", "Half of d_b each"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "two biases",
    "d_b and d_b",
    "Move either of them, and the sum moves by as much: each gets the whole d_b. "
    "So plain gradient descent changes their sum twice as fast as your single b.",
):
    import torch

    torch.manual_seed(0)
    layer = torch.nn.LSTM(2, 3, dtype=torch.float64)
    layer(torch.from_numpy(xs))[0].sum().backward()
    pair = layer.bias_ih_l0.grad.numpy(), layer.bias_hh_l0.grad.numpy()
    show_timeline({"bias_ih_l0": pair[0], "bias_hh_l0": pair[1]}, x="row of 4H")

# %% [markdown]
# Everything else can be compared number by number, for a few sizes, in float64: states, outputs, and all gradients. Where there is
# a CUDA GPU, a second table compares with torch there.

# %% tags=["nbval-ignore-output"]
lstm_forward, to_torch_layout = earlier("lstm_forward"), earlier("to_torch_layout")
compare_with_torch(lstm_forward, lstm_backward, to_torch_layout)

# %% [markdown]
# ## What you now know
#
# - An LSTM over time is one loop. All steps share the parameters, so their gradients add up.
# - Back through a step: last line first, the other factor, the slope at the output, the transposed matrix.
# - Two gradients are carried, `d_h` and `d_c`. Complex steps prove the result; torch agrees.

# %% [markdown]
# **Open:** in the latch, `d_c` reached step 1 nearly whole; with a lower forget bias it faded. Why does a gradient arrive at all?
# Unit 05 follows it. **Next:** in `exercises/en/04_through_time.ipynb` you write both loops, and the step back.
