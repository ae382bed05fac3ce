"""The supply-chain Dagger module; its models and tools are importable without Dagger."""
