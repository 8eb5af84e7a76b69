"""Catalog x answers -> the Hugging Face dataset: tables, splits, card, writing and loading."""
