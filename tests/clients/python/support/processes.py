"""Finds processes that a server leaves behind, without asking the server."""

import ctypes
import os
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on, a descendant whose parent dies becomes a child of this process, whatever group or account it is in."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot become a subreaper")


def _stat(pid: int) -> tuple[str, int] | None:
    """State and parent of a process; None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in parentheses may hold anything, so count from its end.
    state, parent, *_ = text.rpartition(")")[2].split()
    return state, int(parent)


def children() -> set[int]:
    """The living children of this process."""
    found = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(int(entry))) is not None:
            state, parent = stat
            if parent == os.getpid() and state != "Z":
                found.add(int(entry))
    return found


def left_behind(known: set[int], patience: float) -> list[str]:
    """Command lines of children that are not in `known`, once they have had `patience` seconds to end."""
    deadline = time.monotonic() + patience
    while (left := children() - known) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")[:200] for pid in left]
