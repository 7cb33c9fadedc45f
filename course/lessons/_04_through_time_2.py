# %% [markdown]
# ## One step, from its last line to its first
#
# Write $\delta c_t$, in code `d_c`, for the slope of the loss in $c_t$: one number for each number of $c_t$. Of every line you
# know the $\delta$ of its result, and want the $\delta$ of its parts. Four rules are enough, and a fifth that you will guess:

# %% [markdown]
# | the line | what goes back |
# | --- | --- |
# | sum | the same to each part |
# | product, number by number | to each factor, times the other |
# | $\sigma$ or $\tanh$ | times its slope there |
# | $W x$ | to $x$, times $W^\top$; to $W$, times $x^\top$ |

# %% [markdown]
# We begin at step 10, the last. What arrives at $h_{10}$ comes from the loss: the slope of $\tfrac{1}{2} a^2$ is $a$, so
# $\delta h_{10} = h_{10} - \text{bit}$. No step follows, so nothing else arrives.

# %%
x, h_prev, c_prev, f, i, c_tilde, c, o, h = (saved[name][-1] for name in saved)
d_h = h - bits[:, None]
d_c_next = np.zeros_like(c)

# %% [markdown]
# ### Line 6: the hidden state
#
# << equation("LSTM", "h") >>
#
# The arrows in colour are the way back. $h$ sends to $o$, and through tanh to $c$.

# %%
show_cell("LSTM", lit="h", back=True)

# %% [markdown]
# $o$ gets $\delta h$ times the other factor:
#
# << gradient("LSTM", "d_o") >>
#
# The three bars of a lane are the three units, for the first of the four sequences.

# %%
d_o = d_h * np.tanh(c)
lanes = {"d_h": d_h[0], "tanh(c)": np.tanh(c)[0], "d_o": d_o[0]}
show_timeline(lanes, x="unit")

# %% [markdown]
# Now $c_t$. The step uses it inside $h_t$, and the next step uses it too. The share of the next step is written
# $\delta c_t^{\text{next}}$, in code `d_c_next`.

# %%
predict(
    "used twice",
    "Both send something back to c_t. What is the slope of the loss in c_t?",
    ["The sum of the two", "Their product", "The larger one"],
)

# %%
with reveal(
    "used twice",
    "The sum of the two",
    "Move c_t a little: h_t moves, and the next step moves as well. "
    "The loss feels both. The bars are those of step 9, which has a next step.",
):
    back = run_back("LSTM", saved, d_hs, p)
    by_next, whole = back["d_c_prev"][9], back["d_c"][8]
    by_h = back["d_h"][8] * saved.o[8] * (1 - np.tanh(saved.c[8]) ** 2)
    lanes = {"d_c_next": by_next[0], "by h": by_h[0], "d_c": whole[0]}
    show_timeline(lanes, x="unit")

# %% [markdown]
# The share that comes by $h$ has three factors: what arrived, the gate it goes through, and the slope of tanh, which is
# $1 - \tanh^2$:
#
# << gradient("LSTM", "d_c") >>

# %%
d_c = d_c_next + d_h * o * (1 - np.tanh(c) ** 2)

# %% [markdown]
# ### Line 5: the output gate, and the slope of a sigmoid
#
# << equation("LSTM", "o") >>
#
# Call what stands inside $a_o$. To pass the sigmoid, $\delta o$ is multiplied by the slope of the sigmoid. You kept $o$, but
# not $a_o$.

# %%
predict(
    "slope of sigmoid",
    "A gate has the value 0.9. What is the slope of the sigmoid there?",
    ["0.9 * (1 - 0.9) = 0.09", "sigmoid(0.9) * (1 - sigmoid(0.9)) = 0.21"],
)

# %%
with reveal(
    "slope of sigmoid",
    "0.9 * (1 - 0.9) = 0.09",
    "The slope is s (1 - s), with the value s that came OUT. The second choice puts "
    "s in once more: a mistake that runs, looks right and never falls below 0.19.",
):
    a = np.linspace(-6, 6, 61)
    out = sigmoid(a)
    slopes = {"measured": (sigmoid(a + 1e-6) - out) / 1e-6}
    for name, s in (("first choice", out), ("second choice", sigmoid(out))):
        slopes[f"{name}, s (1 - s)"] = s * (1 - s)
    plot(slopes, x="a", y="slope of sigmoid", at=a)

# %% [markdown]
# So the slope needs nothing but the gate itself. It is near 0 for a gate that is wide open or shut: hardly anything gets back to
# the weights of such a gate.
#
# << gradient("LSTM", "d_a_o") >>

# %%
d_a_o = d_o * o * (1 - o)

# %% [markdown]
# ### Line 4: the cell state
#
# << equation("LSTM", "c") >>
#
# Two products and a sum. The sum sends $\delta c$ on as it is, each product adds the other factor.

# %%
show_cell("LSTM", lit="c", back=True)

# %%
predict(
    "back along c",
    "What does c_prev get from this line?",
    ["d_c times a matrix", "d_c * f", "d_c * (1 - f)"],
)

# %%
with reveal(
    "back along c",
    "d_c * f",
    "c moves f times as far as c_prev. The way back along c meets no matrix and no "
    "tanh, only the forget gate: what it kept, it lets through again.",
):
    c_moved = f * (c_prev + 1e-6) + i * c_tilde
    lanes = {"f": f[0], "c moves by": ((c_moved - c) / 1e-6)[0]}
    show_timeline(lanes, x="unit")

# %% [markdown]
# All four parts get $\delta c$ times the factor beside them:
#
# << gradient("LSTM", "d_f", "d_c_prev", "d_i", "d_c_tilde") >>

# %%
d_c_prev = d_c * f

# %% [markdown]
# ### Lines 3, 2, 1: candidate, input gate, forget gate
#
# Each has its activation to pass. tanh has the slope $1 - \tilde{c}^2$, taken at the output again.
#
# << gradient("LSTM", "d_a_c_tilde", "d_a_i", "d_a_f") >>

# %%
d_a_f = d_c * c_prev * f * (1 - f)
d_a_i = d_c * c_tilde * i * (1 - i)
d_a_c = d_c * i * (1 - c_tilde**2)

# %%
show_cell("LSTM", lit=("f", "i", "c_tilde", "o"), back=True)

# %% [markdown]
# ### To the input and the old hidden state
#
# $x$ and $h_{prev}$ were used four times each, so four shares add up. Each goes back through the matrix it came by, transposed:
#
# << gradient("LSTM", "d_x", "d_h_prev") >>

# %%
predict(
    "no transpose",
    "Forwards, W_f x was written x @ p.W_f.T. How is W_f^T d_a_f written for a batch?",
    ["d_a_f @ p.W_f.T", "d_a_f @ p.W_f", "p.W_f.T @ d_a_f"],
)

# %%
with reveal(
    "no transpose",
    "d_a_f @ p.W_f",
    "Rows again: (B, H) times (H, D) gives (B, D), the shape of x. "
    "With D = H the first choice runs too, and is wrong.",
):
    print("d_a_f", d_a_f.shape, " W_f", p.W_f.shape, " wanted: as x,", x.shape)

# %%
d_x = d_a_f @ p.W_f + d_a_i @ p.W_i + d_a_c @ p.W_c + d_a_o @ p.W_o
d_h_prev = d_a_f @ p.U_f + d_a_i @ p.U_i + d_a_c @ p.U_c + d_a_o @ p.U_o

# %% [markdown]
# ### To the parameters
#
# Entry $(j, k)$ of $W_f$ weighs $x_k$ in the sum of unit $j$. So its share is $\delta a_{f,j}$ times $x_k$:
#
# << gradient("LSTM", "d_W_f", "d_U_f", "d_b_f") >>
#
# All sequences of the batch use the same $W_f$, so their shares add up.

# %%
show_shapes("lstm_step_backward")

# %%
d_W_f = d_a_f.T @ x
one_by_one = sum(np.outer(d_a_f[b], x[b]) for b in range(4))
print("the product adds up the batch:", np.allclose(d_W_f, one_by_one))

# %% [markdown]
# ### All lines at once
#
# These are the equations of the whole step back. Nobody typed them: the course derives them from the six equations of the cell,
# by the rules above, as it does for every cell.

# %% [markdown]
# << gradients("LSTM") >>

# %% [markdown]
# Are your lines the same? This compares the step you just took with the derived one.

# %%
yours = {"d_x": d_x, "d_h_prev": d_h_prev, "d_c_prev": d_c_prev, "d_W_f": d_W_f}
for name, value in yours.items():
    print(name, np.allclose(value, back[name][-1]))
