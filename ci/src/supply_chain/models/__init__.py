"""Pure judgement: bytes in, frozen models out; no Dagger, no I/O."""
