"""How one item is judged: by its values; and what is said of it."""
