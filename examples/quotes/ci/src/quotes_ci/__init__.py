"""How the quotes service is checked and released: its Dagger module, a few lines over supply-chain."""
