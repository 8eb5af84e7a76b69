"""From predictions to figures: one result format, accuracy, probability scores, evenness, intervals, a report."""
