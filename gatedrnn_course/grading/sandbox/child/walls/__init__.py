"""What a child puts between itself and the system before an answer runs. Standard library only; Linux only."""
