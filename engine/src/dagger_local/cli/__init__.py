"""The command line, in the manner of `dagger`: flags and commands come from the module's types."""
