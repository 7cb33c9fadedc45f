"""What every tier needs: stacks of parameters, packed sequences, memory, and how tensors may be reached."""
