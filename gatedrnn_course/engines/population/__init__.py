"""Populations: N models of N cells, sizes, seeds and learning rates, trained as one program."""

from gatedrnn_course.engines.population.population import Population as Population
