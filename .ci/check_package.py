"""Imports every module of ours in a built package with nothing else on the path: check_package.py .build/<name>

Run by an interpreter of the package's version with -I -S -B. Standard library only.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

package = os.path.abspath(sys.argv[1])  # noqa: PTH100 - what a bare interpreter has loaded already
sys.path.insert(0, package)
import index  # noqa: E402 - the package's own, now on the path

if not callable(index.handler):
    sys.exit(f"{package}: no handler")
import refresh_watch  # noqa: E402

names = [found.name for found in pkgutil.walk_packages(refresh_watch.__path__, "refresh_watch.")]
for name in names:
    importlib.import_module(name)
outside = sorted(
    name
    for name, module in sys.modules.items()
    if "site-packages" in (getattr(module, "__file__", None) or "") and not module.__file__.startswith(package)
)
if outside:
    sys.exit(f"{package}: {', '.join(outside)} came from this machine")
print(f"{sys.argv[1]}: index and {len(names)} modules import with nothing but Python {sys.version.split()[0]}")
