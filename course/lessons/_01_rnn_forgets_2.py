# %% [markdown]
# ## A product of Jacobians
#
# From the last state $k$ steps back, the chain rule multiplies $k$ Jacobians:
#
# $$\frac{\partial h_T}{\partial h_{T-k}} = J_T\, J_{T-1} \cdots J_{T-k+1}$$
#
# What does such a product do to the length of a gradient? A matrix turns the unit circle into an ellipse. The half axes of the
# ellipse are its **singular values**: the most and the least it stretches.

# %%
turn = np.array([[0.6, -0.8], [0.8, 0.6]])
even = 0.9 * turn
lags = (0, 1, 2, 4, 8)
powers = [np.linalg.matrix_power(even, k) for k in lags]
show_stretch({"rotation\ntimes 0.9": powers}, [f"lag {k}" for k in lags])

# %% [markdown]
# Here both are $0.9^k$. In general the two differ. Which number tells what becomes of gradients? Some pages say, the **determinant**:
# above 1 they explode, below 1 they vanish.

# %%
predict(
    "determinant",
    "U has determinant 1. What becomes of gradients over 8 steps?",
    ["All keep their length", "Some grow, others vanish", "All vanish"],
)

# %%
with reveal(
    "determinant",
    "Some grow, others vanish",
    "The determinant is the product of the singular values, an area. 5.96 times "
    "0.168 is 1, and tells nothing of either.",
):
    U = np.diag([1.25, 0.8])
    powers = [np.linalg.matrix_power(U, k) for k in lags]
    name = f"determinant\n{np.linalg.det(U):.2f}"
    show_stretch({name: powers}, [f"lag {k}" for k in lags])

# %% [markdown]
# Other pages name the **eigenvalues**. For the same matrix again and again they say what happens *in the end*. But what about the
# first steps, which is all that a sequence has?

# %%
predict(
    "eigenvalues",
    "Both eigenvalues of U are 0.8. How long can a gradient be after 4 steps?",
    ["At most 0.41, 0.8 to the power of 4", "Longer than 1"],
)

# %%
with reveal(
    "eigenvalues",
    "Longer than 1",
    "Eigenvalues promise less only in the end, here at lag 20. The largest singular "
    "value of the product is true at every lag.",
):
    sheared = np.array([[0.8, 1.5], [0.0, 0.8]])
    far = (1, 2, 4, 20, 40)
    powers = [np.linalg.matrix_power(sheared, k) for k in far]
    name = f"eigenvalues\n{np.linalg.eigvals(sheared)}"
    show_stretch({name: powers}, [f"lag {k}" for k in far])

# %% [markdown]
# So this is what to measure: the largest singular value of the product, which is also called its **spectral norm**. No gradient is
# stretched by more.


# %%
def gradient_norms(p, hs):
    """For one sequence: the spectral norm of d h_T / d h_(T-k), k = 0, 1, 2, ..."""
    product, norms = np.eye(16), [1.0]
    for h in hs[:0:-1]:
        product = product @ np.diag(1 - h**2) @ p.U_h
        norms.append(np.linalg.norm(product, 2))
    return norms


# %% [markdown]
# Play. Half of the singular values of $U_h$ are the largest one, half a share of it; the inputs are random.
#
# - Set the inputs to 0: where does the curve lie level?
# - Make the determinant tiny while the gradient keeps its length.
# - Largest value 1.3: what do larger inputs do, and why?

# %%
explore_lags()

# %% [markdown]
# ## Vanish or explode
#
# A product of matrices stretches by at most the product of what each one stretches. As slopes of tanh are at most 1, no Jacobian
# stretches more than $U_h$. Hence, for the largest singular value of $U_h$:
#
# - **Below 1** the gradient vanishes, for certain.
# - **Above 1** it *may* explode. It need not.


# %%
def mean_norms(p, count=20):
    """The gradient norms of a network, their mean over some sequences with "
    "distractors."""
    hs = run_cell("RNN", p, xs)["h"]
    return np.mean([gradient_norms(p, hs[:, k]) for k in range(count)], axis=0)


# %%
predict(
    "above one",
    "U_h has 2 as its largest singular value. Does the gradient explode over 39 steps?",
    ["Yes, for certain", "With one such matrix it does, with another it vanishes"],
)

# %%
with reveal(
    "above one",
    "With one such matrix it does, with another it vanishes",
    "The rotation stretches all directions by 2. The drawn matrix stretches one by 2 "
    "and most by less, and turns each gradient to another direction at every step. "
    "Above 1 is needed for an explosion, and is not enough.",
):
    U = np.random.default_rng(4).normal(size=(16, 16))
    drawn = network(2, U / np.linalg.norm(U, 2))
    curves = {"rotation": mean_norms(network(2)), "drawn": mean_norms(drawn)}
    plot(curves, x="lag", y="spectral norm", log=True)

# %% [markdown]
# What about the border? A rotation has all singular values at exactly 1: it shortens nothing. But tanh comes after it.

# %%
predict(
    "rotation",
    "U_h is a rotation. How much of a gradient is left at lag 39?",
    ["All of it", "About half", "Less than a hundredth"],
)

# %%
with reveal(
    "rotation",
    "Less than a hundredth",
    "Inputs push the units away from 0, where the slope of tanh is below 1. Each "
    "step loses a little, and there are 39 of them.",
):
    norms = (2.0, 1.5, 1.0, 0.5)
    curves = {f"rotation times {n:g}": mean_norms(network(n)) for n in norms}
    plot(curves, x="lag", y="spectral norm", log=True)

# %% [markdown]
# ## Clipping helps one of the two
#
# An exploding gradient changes the parameters by far too much in one step. The cure is simple: if the gradient is longer than a
# threshold $\theta$, make it that long (Pascanu, Mikolov and Bengio 2013).
#
# $$g \leftarrow \frac{\theta}{\lVert g \rVert}\, g \quad \text{where } \lVert g \rVert > \theta$$

# %%
p = network(2)
states = run_cell("RNN", p, xs)["h"][:, 0]
g_U = shares_of_U(p, states, g).sum(axis=0)
length = np.linalg.norm(g_U)
clipped = g_U * min(1, 1 / length)
print(f"length {length:.0f}, after clipping at 1: {np.linalg.norm(clipped):.0f}")

# %% [markdown]
# If making it shorter cures the one, does making it longer cure the other? Take a network whose gradient vanishes and multiply
# its gradient by a million.

# %%
predict(
    "longer",
    "Is the first step now heard beside the last one?",
    ["Yes, its share is large now", "No, beside the last one it is as small as before"],
)

# %%
with reveal(
    "longer",
    "No, beside the last one it is as small as before",
    "One number multiplies everything, so the curve moves up as it is. No rescaling of "
    "the whole, by clipping or by the step size, brings back what has vanished.",
):
    p = network(0.5)
    states = run_cell("RNN", p, xs)["h"][:, 0]
    sizes = np.linalg.norm(shares_of_U(p, states, g)[::-1], axis=(1, 2))
    curves = {"as it is": sizes, "times a million": 1e6 * sizes}
    plot(curves, x="step", y="size of its share", at=range(2, 41), log=True)

# %% [markdown]
# ## The adding problem
#
# The bit is our test. The field has one of its own, from 1997: two of the numbers carry a mark, and at the end their sum is
# asked for.

# %%
pairs, sums = adding_sequences(1, 20)
show_timeline({"value": pairs[:, 0, 0], "mark": pairs[:, 0, 1]})
print(f"asked for at the end: {sums[0]:.2f}")

# %% [markdown]
# Always saying 1 has a mean squared error of $1/6$, about 0.17. Three RNNs of 16 units are trained for each length, on
# 48,000 sequences each.

# %%
predict(
    "adding",
    "From which length on are the RNNs hardly better than always saying 1?",
    ["T = 10", "T = 40", "They solve all of them"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "adding",
    "T = 40",
    "Up to T = 20 they add the two numbers more or less; at 40 and 80 they do not.",
):
    lengths = (5, 10, 20, 40, 80)
    errors = np.array([adding_errors("RNN", T) for T in lengths])
    curves = {f"network {k + 1}": errors[:, k] for k in range(3)}
    curves["always saying 1"] = [1 / 6] * 5
    plot(curves, x="length T", y="mean squared error", at=lengths)

# %% [markdown]
# Can a better start save them? Let $U_h$ begin as a rotation, times one half, 1 or one and a half.

# %%
predict(
    "better start",
    "Does the RNN learn T = 40 if its U_h starts as a rotation?",
    ["Yes", "No, the errors stay near 1/6"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "better start",
    "No, the errors stay near 1/6",
    "A good start is not enough: tanh still takes its share at every step. The last "
    "line is another cell, the LSTM: what this course builds.",
):
    for norm in (0.5, 1.0, 1.5):
        errors = adding_errors("RNN", 40, U_h=norm * rotation)
        print(f"RNN, rotation times {norm}:", *(f"{e:.2f}" for e in errors))
    print("LSTM:", *(f"{error:.2f}" for error in adding_errors("LSTM", 40)))

# %% [markdown]
# ## What you now know
#
# - An RNN is one step again and again; its gradient is a product of Jacobians, $\mathrm{diag}(1 - h_t^2)\, U_h$.
# - The largest singular value of that product decides: below 1 in $U_h$ it vanishes for certain; above 1 it may explode.
# - Clipping shortens what explodes. It cannot bring back what has vanished.

# %% [markdown]
# **Open:** every step multiplies by $U_h$ and squashes. What if a step left the old state alone and only *added* to it?
# **Next:** in `exercises/en/01_rnn_forgets.ipynb` you build the RNN and measure its gradient. Unit 02 changes the step.
