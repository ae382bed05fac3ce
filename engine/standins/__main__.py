"""The command line of the stand-ins."""

import sys

from standins.cli import main

sys.exit(main())
