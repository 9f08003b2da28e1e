"""Why a package was not made."""

from __future__ import annotations

from refresh_watch.errors import RefreshWatchError


class CannotBuild(RefreshWatchError):
    """A package would not work on Function Compute. Its text is one line that says what to change."""
