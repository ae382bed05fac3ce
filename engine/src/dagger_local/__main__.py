"""`python -m dagger_local`."""

import sys

from dagger_local.cli.app import main

sys.exit(main())
