"""Studies: what happens to accuracy when one thing about the task is changed."""
