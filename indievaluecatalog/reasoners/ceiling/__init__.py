"""How far anyone could go: the best possible prediction of synthetic persons, and a limit estimated for real ones."""
