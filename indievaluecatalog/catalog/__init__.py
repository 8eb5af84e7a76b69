"""What is asked: items, options and statements of a survey wave. No respondent anywhere."""
