"""Statistical predictors that a language model has to beat, and the two ends of the scale: chance and truth."""
