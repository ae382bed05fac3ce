"""Measurements, made in one run on one machine, with their spread."""
