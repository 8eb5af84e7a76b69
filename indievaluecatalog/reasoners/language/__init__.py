"""Language models that predict a person: one fine-tuned on text, and a small one over statements alone."""
