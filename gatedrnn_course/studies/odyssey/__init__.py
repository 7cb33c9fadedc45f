"""The Search Space Odyssey: nine variants of the LSTM, three tasks, random search.

Source: Greff, Srivastava, Koutník, Steunebrink, Schmidhuber, "LSTM: A Search Space Odyssey", IEEE TNNLS 28(10), 2017.
"""
