"""Which submissions are nearly the same: reported with both sides, never judged."""
