"""Training data: what is drawn, what it says, how it lies on disk."""
