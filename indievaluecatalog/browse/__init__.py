"""A local page on which one meets the persons of a built dataset: plain pages made here, no scripts, nothing sent."""
