"""Programs that run inside the toolbox image: standard library only, JSON to standard output."""
