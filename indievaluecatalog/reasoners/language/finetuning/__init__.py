"""Fine-tuning of a language model on rows of text: config, data, training, and what it changed."""
