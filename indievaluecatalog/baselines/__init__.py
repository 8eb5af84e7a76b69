"""Predictors without a language model, from exact random to a naive Bayes."""
