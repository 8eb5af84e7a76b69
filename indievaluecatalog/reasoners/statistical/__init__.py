"""Statistical reasoners: from any subset of a person's answers to the probability of every other answer."""
