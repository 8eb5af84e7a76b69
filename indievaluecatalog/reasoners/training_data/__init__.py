"""Units and mixtures of persons and items, and the rows, texts and files to train a model on."""
