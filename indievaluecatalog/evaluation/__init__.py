"""Asking language models: prompts, models, the store of what was asked and answered, reading answers."""
