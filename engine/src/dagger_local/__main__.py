"""`python -m dagger_local`."""

import gc
import signal
import sys

# Until there is a session to be closed in order, Ctrl-C simply ends the process, imports and all.
signal.signal(signal.SIGINT, signal.SIG_DFL)
# A run makes much that stays and little garbage in cycles: looking for it costs more than it frees.
gc.set_threshold(50_000, 20, 20)

from dagger_local.cli.app import main  # noqa: E402 - see above

sys.exit(main())
