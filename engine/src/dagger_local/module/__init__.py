"""Modules: found, started, asked for their types, served as part of the schema."""
