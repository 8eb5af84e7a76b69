"""Individualistic value catalog: survey answers as first-person statements."""

__version__ = "0.1.0"
