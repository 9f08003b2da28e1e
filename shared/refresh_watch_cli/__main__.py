"""`python -m refresh_watch_cli`: the command, where its script is not on PATH."""

from __future__ import annotations

from refresh_watch_cli.main import main

raise SystemExit(main())
