"""Rubrics: what a good answer is, weighed from criteria that checks, graders and judges decide one by one."""

from __future__ import annotations

from rubrics.criterion import By, Criterion, Finding, JudgeOptions, Level
from rubrics.rubric import Assessment, GradeBy, Rubric, rubric_names, rubric_schema

__all__ = [
    "Assessment",
    "By",
    "Criterion",
    "Finding",
    "GradeBy",
    "JudgeOptions",
    "Level",
    "Rubric",
    "rubric_names",
    "rubric_schema",
]
