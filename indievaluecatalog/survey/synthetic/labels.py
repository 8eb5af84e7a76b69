"""Variable and value labels of a made-up survey file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.synthetic.facts import Facts

WEIGHT_LABELS = {
    "design": "Weight",
    "equal": "Weight that lets each country count as 1000 persons",
    "population": "Weight by population size",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels by variable: its own, and those of its values. `coded`: variables whose negative codes are missing."""

    variables: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[int, str]] = field(default_factory=dict)
    coded: set[str] = field(default_factory=set)

    def add(self, variable: str, label: str, values: Mapping[int, str] | None = None) -> None:
        """Name a variable; one with values is a coded one."""
        if not variable:
            return  # a fact that the survey does not have
        self.variables[variable] = label
        if values is not None:
            self.codes[variable] = dict(values)
            self.coded.add(variable)


def labels_for(catalog: Catalog, facts: Facts) -> Labels:
    """Labels of every variable that `synthesize` makes for the catalog."""
    wave = catalog.wave
    labels = Labels()
    labels.add(wave.version_variable, "Version of data file")
    labels.add(wave.wave_variable, "Wave", {wave.wave_code: wave.title})
    labels.add(wave.country_variable, "Country")
    labels.add(wave.country_alpha_variable, "Country (three letters)")
    labels.add(wave.year_variable, "Year of survey")
    labels.add(wave.person_variable, "Interview ID")
    for variable, entry in facts.technical.items():
        values = {int(code): text for code, text in entry["values"].items()} if "values" in entry else None
        labels.add(variable, entry["label"], values)
    for name in wave.weights:
        labels.add(name, WEIGHT_LABELS[facts.weights.get(name, "design")])
    for item in catalog.items.values():
        labels.add(item.variable, item.label, {**item.missing, **item.codes})
    # A partner's columns are 'not applicable' for those without one, even where a codebook forgets to say so.
    reasons = {code: reason.label for code, reason in wave.missing_reasons.items()}
    for demographic in catalog.demographics.values():
        if demographic.variable not in labels.coded:
            values = {**reasons, **demographic.missing, **demographic.codes}
            labels.add(demographic.variable, demographic.label, values)
    for entry in facts.extra_roles.values():
        labels.add(entry["variable"], entry["label"])
    return labels
