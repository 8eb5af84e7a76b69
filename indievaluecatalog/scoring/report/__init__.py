"""What people see of scores: one HTML file, and the published figures to stand beside."""

from indievaluecatalog.scoring.report.render import write_report

__all__ = ["write_report"]
