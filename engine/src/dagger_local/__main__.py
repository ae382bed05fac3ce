"""`python -m dagger_local`."""

import signal
import sys

# Until there is a session to be closed in order, Ctrl-C simply ends the process, imports and all.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from dagger_local.cli.app import main  # noqa: E402 - see above

sys.exit(main())
