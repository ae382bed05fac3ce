"""Resolvers of the core types, a file per type."""
