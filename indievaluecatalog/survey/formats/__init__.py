"""One module a file format: its header, and chosen columns of it as numbers or text."""
