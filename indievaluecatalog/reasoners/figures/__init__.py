"""Tables and plots of how far predictors come: side by side, and by the number of persons they learned from."""
