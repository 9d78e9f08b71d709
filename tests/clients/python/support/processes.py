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


def profiles() -> set[Path]:
    """The profile folders of all browsers below this process, read from their command lines."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(int(entry))) is not None:
            parents[int(entry)] = stat[1]
    found = set()
    for pid in parents:
        ancestor = pid
        while ancestor in parents and ancestor != os.getpid():
            ancestor = parents[ancestor]
        if ancestor != os.getpid():
            continue
        for argument in _arguments(pid):
            if argument.startswith("--user-data-dir="):
                found.add(Path(argument.partition("=")[2]))
    return found


def _arguments(pid: int) -> list[str]:
    """The command line of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return []


def left_behind(known: set[int], patience: float) -> list[str]:
    """Command lines of children that are not in `known`, once they have had `patience` seconds to end."""
    deadline = time.monotonic() + patience
    while (left := children() - known) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [" ".join(_arguments(pid))[:200] for pid in left]
