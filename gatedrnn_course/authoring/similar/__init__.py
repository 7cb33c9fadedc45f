"""Which submissions of a class are nearly the same, beside what everybody was given."""
