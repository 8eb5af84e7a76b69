"""Made-up respondents: a population shaped like a survey wave, written as a real survey file would be."""

from indievaluecatalog.survey.synthetic.facts import Facts, facts_for
from indievaluecatalog.survey.synthetic.population import Population, TrueModel, synthesize, true_probabilities
from indievaluecatalog.survey.synthetic.traits_file import read_traits, write_traits
from indievaluecatalog.survey.synthetic.write import write_survey

__all__ = [
    "Facts",
    "Population",
    "TrueModel",
    "facts_for",
    "read_traits",
    "synthesize",
    "true_probabilities",
    "write_survey",
    "write_traits",
]
