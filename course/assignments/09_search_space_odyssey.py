# %% [markdown]
# # 09 · Search Space Odyssey: write it and judge it
#
# You write the eight variants as edits of one cell, draw the settings of a trial, test a variant against V, and find out what explains the
# variance. << unit.points >> points together. Each function has a check below it.
#
# **Needs:** the lesson `notebooks/en/09_search_space_odyssey.ipynb`. **Takes:** 45 minutes. **Costs:** seconds, no GPU.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(no_input_gate)` gives one hint at a
# time. A function that is wrong or not written yet does no harm: the notebook runs on.
#
# Keep the names of the functions. Everything else, extra cells and helpers too, is up to you.
#
# How it is graded:
#
# << terms() >>

# %%
# << first_cell >>
import numpy as np
from scipy import stats

from gatedrnn_course import (
    check,
    example,
    explore_search,
    explore_variants,
    hint,
    progress,
    run_my_odyssey,
    show_cell,
)

# %% [markdown]
# ## Before you start: one cell, edited
#
# This is V, as a text. A variant is handed back as such a text, too. What is judged is what it computes: names of lines are your own, except
# the states `h` and `c`, and a sum can be written in many ways. Any order of lines is right in which each uses only names defined above it.

# %%
V = """
f = sigmoid(W_f @ x + U_f @ h_prev + P_f * c_prev + b_f)
i = sigmoid(W_i @ x + U_i @ h_prev + P_i * c_prev + b_i)
c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
c = f * c_prev + i * c_tilde
o = sigmoid(W_o @ x + U_o @ h_prev + P_o * c + b_o)
h = o * tanh(c)
"""

# %% [markdown]
# You may write a text whole, or edit V: `edited(h="o * c")` is V with another last line. `f=None` drops the line of `f`; what used `f` is then
# to be edited, too.


# %%
def edited(**lines):
    rows = dict(row.split(" = ", 1) for row in V.strip().splitlines())
    rows.update(lines)
    return "\n".join(f"{name} = {row}" for name, row in rows.items() if row)


print(edited(f=None, c="0.9 * c_prev + i * c_tilde"))

# %%
show_cell("V")

# %% [markdown]
# ## 1. No input gate (<< points("no_input_gate") >> points)
#
# **NIG:** $i_t = 1$. Without the gate its parameters do nothing: its line can go. So it is with the next two.


# %% tags=["answer"]
def no_input_gate():
    # BEGIN SOLUTION
    return edited(i=None, c="f * c_prev + c_tilde")
    # END SOLUTION


# %% tags=["check"]
check(no_input_gate)

# %% [markdown]
# ## 2. No forget gate (<< points("no_forget_gate") >> points)
#
# **NFG:** $f_t = 1$.


# %% tags=["answer"]
def no_forget_gate():
    # BEGIN SOLUTION
    return edited(f=None, c="c_prev + i * c_tilde")
    # END SOLUTION


# %% tags=["check"]
check(no_forget_gate)

# %% [markdown]
# ## 3. No output gate (<< points("no_output_gate") >> points)
#
# **NOG:** $o_t = 1$.


# %% tags=["answer"]
def no_output_gate():
    # BEGIN SOLUTION
    return edited(o=None, h="tanh(c)")
    # END SOLUTION


# %% tags=["check"]
check(no_output_gate)

# %% [markdown]
# ## 4. No input activation (<< points("no_input_activation") >> points)
#
# **NIAF:** the candidate is not squashed.


# %% tags=["answer"]
def no_input_activation():
    # BEGIN SOLUTION
    return edited(c_tilde="W_c @ x + U_c @ h_prev + b_c")
    # END SOLUTION


# %% tags=["check"]
check(no_input_activation)

# %% [markdown]
# ## 5. No output activation (<< points("no_output_activation") >> points)
#
# **NOAF:** the cell state is shown without squashing.


# %% tags=["answer"]
def no_output_activation():
    # BEGIN SOLUTION
    return edited(h="o * c")
    # END SOLUTION


# %% tags=["check"]
check(no_output_activation)

# %% [markdown]
# ## 6. Coupled gates (<< points("coupled_gates") >> points)
#
# **CIFG:** $f_t = 1 - i_t$. The input gate is learned as in V.


# %% tags=["answer"]
def coupled_gates():
    # BEGIN SOLUTION
    return edited(f=None, c="(1 - i) * c_prev + i * c_tilde")
    # END SOLUTION


# %% tags=["check"]
check(coupled_gates)

# %% [markdown] tags=["solution"]
# With a line `f = 1 - i` it is as right, if the line stands below that of `i`: so `edited(f="1 - i")` alone is not enough.

# %% [markdown]
# ## 7. No peepholes (<< points("no_peepholes") >> points)
#
# **NP:** no gate sees the cell state.


# %% tags=["answer"]
def no_peepholes():
    # BEGIN SOLUTION
    gates = {g: f"sigmoid(W_{g} @ x + U_{g} @ h_prev + b_{g})" for g in "fio"}
    return edited(**gates)
    # END SOLUTION


# %% tags=["check"]
check(no_peepholes)

# %% [markdown]
# ## 8. Full gate recurrence (<< points("full_gate_recurrence") >> points)
#
# **FGR:** each of the three gates (the candidate is none) also sees all three gates of the step before: `f_prev`, `i_prev`, `o_prev`. Gates
# are states here, so their lines must be called `f`, `i`, `o`.
#
# Nine matrices are new, multiplied with `@`. `U_fi` goes **into** $f$ and comes **from** $i$. The output gate sees $c_t$, as in V.


# %% tags=["answer"]
def full_gate_recurrence():
    # BEGIN SOLUTION
    def gate(g, cell):
        seen = " + ".join(f"U_{g}{other} @ {other}_prev" for other in "fio")
        return f"sigmoid(W_{g} @ x + U_{g} @ h_prev + P_{g} * {cell} + {seen} + b_{g})"

    return edited(f=gate("f", "c_prev"), i=gate("i", "c_prev"), o=gate("o", "c"))
    # END SOLUTION


# %% tags=["check"]
check(full_gate_recurrence)

# %% [markdown]
# The memory of the lesson, now with your variants where they have passed:

# %%
explore_variants()

# %% [markdown]
# ## 9. Draw a trial (<< points("sample_trial") >> points)
#
# `u` holds four numbers from 0 to 1, drawn uniformly: for hidden size, learning rate, momentum, noise, in this order. Make the settings of them, by
# the paper's distributions:
#
# - hidden size: log-uniform from 20 to 200, rounded to the nearest whole number (an `int` or a float)
# - learning rate: log-uniform from $10^{-6}$ to $10^{-2}$

# %% [markdown]
# - momentum: 1 minus a number that is log-uniform from 0.01 to 1
# - noise: uniform from 0 to 1
#
# A $u$ of 0 gives the lower end of the range that is drawn from, 1 the upper end. So $u = 0.5$ gives a learning rate of $10^{-4}$,
# and $u = 0$ draws 0.01 for the momentum, which then is 0.99.

# %%
(u,) = example("sample_trial")
print(u.round(2))


# %% tags=["answer"]
def sample_trial(u):
    # BEGIN SOLUTION
    hidden_size = round(20 * 10 ** u[0])
    learning_rate = 10 ** (-6 + 4 * u[1])
    momentum = 1 - 10 ** (-2 + 2 * u[2])
    return hidden_size, learning_rate, momentum, u[3]
    # END SOLUTION


# %% tags=["check"]
check(sample_trial)

# %% [markdown]
# ## 10. Test the best 10 % (<< points("top_tenth_test") >> points)
#
# A variant and V were each searched. Is the variant different?
#
# 1. Of each, choose the best 10 % of the trials, n // 10 of n: those with the lowest **validation** losses.
# 2. Compare the **test** losses of the two groups by Welch's test: $t$ is above 0 where the variant's mean is higher, $p$ is two-sided.

# %% [markdown]
# 3. Correct $p$ by Bonferroni for `count` tests, one for each variant (V is not counted). It stays a probability: at most 1.
#
# Hand back $t$ and the corrected $p$. `scipy.stats` may be used.

# %%
validation, test, validation_v, test_v, count = example("top_tenth_test")
print(validation.shape, test.shape, validation_v.shape, test_v.shape, count)


# %% tags=["answer"]
def top_tenth_test(validation, test, validation_v, test_v, count):
    # BEGIN SOLUTION
    best = np.argsort(validation)[: len(test) // 10]
    best_v = np.argsort(validation_v)[: len(test_v) // 10]
    t, p = stats.ttest_ind(test[best], test_v[best_v], equal_var=False)
    return t, min(1.0, count * p)
    # END SOLUTION


# %% tags=["check"]
check(top_tenth_test)

# %% [markdown]
# Trials of three variants, tested by your function where it has passed. How many trials does it take until NFG is told from V?

# %% tags=["nbval-ignore-output"]
explore_search()

# %% [markdown]
# ## 11. Read the importance (<< points("read_importance") >> points)
#
# `losses` holds the loss at every point of a full grid of three settings, shape `(n0, n1, n2)`. Divide its variance:
#
# - `main`, three shares, axis 0 first: take the mean over the two other settings, then the variance of these means, divided by the
#   variance of all losses

# %% [markdown]
# - `pair`: take the mean over axis 2. The variance of this surface, divided by that of all losses, minus `main[0]` and `main[1]`, is the share
#   of the interaction of axes 0 and 1
# - `rest`: 1 minus all four shares
#
# Variances are over $n$, as `np.var` has them: the grid is whole, not a sample.

# %%
(losses,) = example("read_importance")
print(losses.shape)


# %% tags=["answer"]
def read_importance(losses):
    # BEGIN SOLUTION
    total = losses.var()
    curves = [losses.mean(axis=others) for others in ((1, 2), (0, 2), (0, 1))]
    main = np.array([curve.var() for curve in curves]) / total
    pair = losses.mean(axis=2).var() / total - main[0] - main[1]
    return main, pair, 1 - main.sum() - pair
    # END SOLUTION


# %% tags=["check"]
check(read_importance)

# %% [markdown] tags=["solution"]
# The effects are orthogonal, so their variances add up. That holds on a full grid; for random trials a forest is asked for the losses of a grid first.

# %% [markdown]
# ## What you have built
#
# The table shows which functions are right as they are defined now.

# %%
progress("09")

# %% [markdown]
# Last, the Odyssey of the lesson with your own cells and your own test: 540 networks on the best engine of this machine.

# %% tags=["nbval-ignore-output"]
run_my_odyssey()
