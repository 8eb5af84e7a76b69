"""Reasoners: models trained on persons to predict what else a person would say, and how far that can go."""
