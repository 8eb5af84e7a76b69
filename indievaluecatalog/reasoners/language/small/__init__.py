"""A small language model whose words are statements, trained from scratch."""
