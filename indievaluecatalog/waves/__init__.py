"""A new wave: what a file holds of the items of an earlier one, a draft of its catalog, and whether that fits."""
