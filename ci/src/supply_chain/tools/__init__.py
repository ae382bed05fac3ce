"""One file per tool: builds its argv, reads what it says; no Dagger, no I/O."""
