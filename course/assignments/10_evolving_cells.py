# %% [markdown]
# # 10 · Evolving cells: mutate, judge, rank
#
# You mutate the GRU, write the fitness and the list of a search, build the best cell it found, and measure what $b_f = 1$ is worth.
# << unit.points >> points together. Each function has a check below it.
#
# **Needs:** the lesson `notebooks/en/10_evolving_cells.ipynb`. **Takes:** 25 to 40 minutes. **Costs:** seconds, no GPU; it is
# used where there is one.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(fitness)` gives one hint at a time. A function
# that is wrong or not written yet does no harm: the notebook runs on.
#
# Keep the names of the functions. Everything else, extra cells and helpers too, is up to you.
#
# How it is graded:
#
# << terms() >>

# %%
# << first_cell >>
import numpy as np

from gatedrnn_course import (
    bias_race,
    check,
    example,
    explore_mutations,
    hint,
    learn_to_spell,
    parse,
    plot,
    progress,
    run_on_device,
    show_cell,
    show_intervals,
    sigmoid,
    tanh,
)

# %% [markdown]
# ## Before you start: a mutation
#
# Play once more with the six changes. You will make three of them by hand.

# %%
explore_mutations()

# %% [markdown]
# ## 1. Three mutations (<< points("mutate") >> points)
#
# << equations("GRU") >>
#
# Write the equations of the GRU after these three changes, as a text:

# %% [markdown]
# - In $z$, $U_z$ meets $\tanh$ of $h_{t-1}$ instead of $h_{t-1}$ (a mutation of kind 3).
# - In $r$, relu replaces $\sigma$ (kind 1).
# - In the candidate, $+$ replaces the product of $r$ and $h_{t-1}$, inside the brackets (kind 2).
# %% [markdown]
# The language is that of unit 03, one equation a line: `W_z @ x` (not `p.W_z`), `*`, `+`, `-`, numbers, brackets, `sigmoid`, `tanh`, `relu`. The last
# line defines `h`; all others may have names of your own.


# %% tags=["answer"]
def mutate():
    # BEGIN SOLUTION
    return """
    z = sigmoid(W_z @ x + U_z @ tanh(h_prev) + b_z)
    r = relu(W_r @ x + U_r @ h_prev + b_r)
    h_tilde = tanh(W_h @ x + U_h @ (r + h_prev) + b_h)
    h = z * h_prev + (1 - z) * h_tilde
    """
    # END SOLUTION


# %% tags=["check"]
check(mutate)

# %% [markdown]
# Does your mutant still spell? Once your text can be read, this shows its picture and trains it beside the GRU.

# %% tags=["nbval-ignore-output"]
if isinstance(mutate(), str):
    mutant = parse(mutate(), "your mutant")
    show_cell(mutant)
    plot(
        learn_to_spell([mutant, "GRU"]),
        x="steps",
        y="share of letters right",
        at=range(0, 325, 25),
    )

# %% [markdown]
# ## 2. Fitness (<< points("fitness") >> points)
#
# A row of `accuracies` is a task, a column a setting: learning rate, scale of the first weights. The best accuracy on each task counts. Divide it
# by the GRU's best on that task. The least of these ratios is the fitness; it may be above 1.

# %%
accuracies, reference = example("fitness")
print("accuracies", accuracies.shape, "reference", reference.shape)


# %% tags=["answer"]
def fitness(accuracies, reference):
    # BEGIN SOLUTION
    best = accuracies.max(axis=1)
    return (best / reference).min()
    # END SOLUTION


# %% tags=["check"]
check(fitness)

# %% [markdown]
# ## 3. One step of the search (<< points("evolve_step") >> points)
#
# A newcomer meets the tasks in the order of the rows. It **passes** a task if its best accuracy is at least 90 % of the GRU's. At the first task
# that it does not pass, it is out, whatever it would reach on later ones.

# %% [markdown]
# `members` are the fitnesses of the list, the fittest first. A newcomer that passes every task joins with its `fitness` of section 2. Then
# the least fit of all leaves, which may be the newcomer: the list stays as long as it was.
#
# Hand back `passed`, how many tasks were passed in order, and the list afterwards as a new array.

# %%
members, accuracies, reference = example("evolve_step")
print("members", members.shape, "accuracies", accuracies.shape)


# %% tags=["answer"]
def evolve_step(members, accuracies, reference):
    # BEGIN SOLUTION
    best = accuracies.max(axis=1)
    passed = 0
    while passed < len(best) and best[passed] >= 0.9 * reference[passed]:
        passed += 1
    if passed < len(best):
        return passed, members
    everybody = np.append(members, fitness(accuracies, reference))
    return passed, np.sort(everybody)[::-1][: len(members)]
    # END SOLUTION


# %% tags=["check"]
check(evolve_step)

# %% [markdown] tags=["solution"]
# `(best >= 0.9 * reference).sum()` counts tasks that were never tried. In the paper that saves most of the time: nine in ten are out before
# the first task.

# %% [markdown]
# ## 4. The best cell of the search (<< points("mut1_step") >> points)
#
# << equations("MUT1") >>
#
# Here $z$ weighs the new state; in section 1 it weighs the old one. $x$ may be a batch, (..., D), and `W_z` is (H, D): `x @ p.W_z.T`.
#
# Hand back $h$.

# %%
show_cell("MUT1")


# %% tags=["answer"]
def mut1_step(x, h_prev, p):
    # BEGIN SOLUTION
    z = sigmoid(x @ p.W_z.T + p.b_z)
    r = sigmoid(x @ p.W_r.T + h_prev @ p.U_r.T + p.b_r)
    h_tilde = tanh((r * h_prev) @ p.U_h.T + tanh(x @ p.W_x.T) + p.b_h)
    return z * h_tilde + (1 - z) * h_prev
    # END SOLUTION


# %% tags=["check"]
check(mut1_step)

# %% [markdown] tags=["solution"]
# $z$ weighs the new state here, and the old one in the GRU of unit 07. Both are the same cell with the signs of $z$'s weights turned.

# %% [markdown]
# ## 5. What is b_f = 1 worth? (<< points("forget_bias_experiment") >> points)
#
# `lstm`, `lstm_b` and `gru` hold an accuracy for each seed. `lstm_b` is the LSTM started with $b_f = 1$, else with the same first weights as `lstm`: seed by
# seed they are twins.

# %% [markdown]
# Hand back three numbers:
#
# - `gain`: the mean accuracy with $b_f = 1$ minus that with $b_f = 0$;
# - `error`: the standard error of the gain, the standard deviation (`ddof=1`) of the n differences, one a seed, over $\sqrt{n}$;
# - `closed`: the gain as a share of the gap between the means of GRU and LSTM with $b_f = 0$.


# %% tags=["answer"]
def forget_bias_experiment(lstm, lstm_b, gru):
    # BEGIN SOLUTION
    differences = lstm_b - lstm
    gain = differences.mean()
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    closed = gain / (gru.mean() - lstm.mean())
    return gain, error, closed
    # END SOLUTION


# %% tags=["check"]
check(forget_bias_experiment)

# %% [markdown]
# Now measure: LSTM, LSTM with $b_f = 1$ and GRU spell ten letters, eight starts each. Your function says how sure the gain is.

# %% tags=["nbval-ignore-output"]
race = {name: np.array(values) for name, values in bias_race().items()}
show_intervals(race)
found = forget_bias_experiment(race["LSTM"], race["LSTM-b"], race["GRU"])
if found is not None:
    gain, error, closed = found
    print(f"gain {gain:.3f} with error {error:.3f}, {closed:.0%} of the gap closed")

# %% [markdown]
# ## What you have built
#
# The table shows which functions are right as they are defined now.

# %%
progress("10")

# %% [markdown]
# Last, your step on the fastest device of this machine, in torch, compared with your own NumPy numbers.

# %% tags=["nbval-ignore-output"]
run_on_device(mut1_step)
