"""Sending a finished build to the Hub: what may go, who may see it, one commit, and a check of what arrived."""
