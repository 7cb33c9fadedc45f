"""Where answers run: in the notebook's own process, or in a process of their own."""
