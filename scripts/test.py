#!/usr/bin/env python3
"""Runs all checks, or those named on the command line, and counts what passed.

usage: test.py [lint|rust|docs|page-script|client-1.8.31|client-1.10.0|playwright|puppeteer|fuzz] …

`fuzz` is the part of `make soak` that needs an optimised build; it runs only when it is named.

A group that is missing its browser, database or client fails. A test that is skipped fails the run: nothing is left
out in silence, and nothing is tried twice. Groups that drive browsers from outside run beside each other, since they
wait much; what one of them says is shown when it has ended.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / ".cache" / "reports"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
CARGO = ROOT / "scripts" / "cargo.sh"
SOAK = "GUISE_TEST_SOAK" in os.environ
PROCESSORS = len(os.sched_getaffinity(0))
# A test waits for others half of its time.
AT_ONCE = 2 * PROCESSORS
# Suites that drive a browser from outside wait less.
SUITES_AT_ONCE = PROCESSORS + 1


@dataclass
class Count:
    """How the tests of one group ended."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def good(self) -> bool:
        return self.passed > 0 and self.failed == 0 and self.skipped == 0

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.name}: {self.passed} passed, {self.failed} failed{skipped}"


shown = threading.local()
"""Where the commands of a group that is not alone write to, as `shown.to`."""


def run(*command: str | Path | int, folder: Path = ROOT, **environment: str) -> int:
    """Runs a command in sight and returns its exit code."""
    to = getattr(shown, "to", None)
    environment = {**os.environ, **environment}
    return subprocess.run(list(map(str, command)), cwd=folder, env=environment, stdout=to, stderr=to).returncode


installs = threading.Lock()


def output(*command: str | Path) -> str:
    """What a command prints; its messages stay in sight. It may install something: one at a time does."""
    with installs:
        finished = subprocess.run(list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return finished.stdout.strip()


def report(name: str) -> Path:
    """A fresh place for a group's machine-readable result."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    path = REPORTS / name
    path.unlink(missing_ok=True)
    return path


def cases(junit: Path) -> Iterable[tuple[str, str]]:
    """Name and fate (`passed`, `failed`, `skipped`) of every test in a JUnit file; none if it is missing."""
    if not junit.exists():
        return
    for case in ElementTree.parse(junit).getroot().iter("testcase"):
        name = f"{case.get('classname', '')} {case.get('name', '')}"
        if case.find("failure") is not None or case.find("error") is not None:
            yield name, "failed"
        elif case.find("skipped") is not None:
            yield name, "skipped"
        else:
            yield name, "passed"


def count(name: str, fates: Iterable[str], code: int) -> Count:
    """Counts fates; a bad exit code without a failed test counts as one failure."""
    result = Count(name)
    for fate in fates:
        setattr(result, fate, getattr(result, fate) + 1)
    if code != 0 and result.failed == 0:
        result.failed = 1
    return result


def lint() -> list[Count]:
    code = run(ROOT / "scripts" / "lint.sh")
    return [Count("Lint", passed=int(code == 0), failed=int(code != 0))]


def binaries() -> list[Count]:
    # With the examples, what tests need of each crate is switched on: these are the very programs that the Rust tests ran
    # (`rust` has built them), where without them most of it would be compiled a second time.
    code = run(CARGO, "build", "--quiet", "--workspace", "--bins", "--examples")
    return [Count("Build", passed=int(code == 0), failed=int(code != 0))]


# Millions of inputs.
FUZZ = "package(guise-extract) & binary(fuzz)"


def nextest(*options: str) -> tuple[list[tuple[str, str]], int]:
    """Name and fate of every test that was run, and the exit code."""
    tools = output(ROOT / "scripts" / "cargo-tool.sh", "cargo-nextest")
    profile = "soak" if SOAK else "ci"
    junit = TARGET / "nextest" / profile / "junit.xml"
    junit.unlink(missing_ok=True)
    code = run(
        ROOT / "scripts" / "with-postgres.sh",
        *(CARGO, "nextest", "run", "--profile", profile, "--test-threads", AT_ONCE, *options),
        PATH=f"{os.environ['PATH']}:{tools}",
    )
    return list(cases(junit)), code


def fuzz() -> list[Count]:
    results, code = nextest("--cargo-profile", "release", "--package", "guise-extract", "-E", FUZZ)
    return [count("Fuzz", (fate for _, fate in results), code)]


def rust() -> list[Count]:
    results, code = nextest("--workspace", *(("-E", f"not ({FUZZ})") if SOAK else ()))
    groups = [count("Rust", (fate for _, fate in results), code)]
    for database in ("SQLite", "PostgreSQL"):
        word = "postgres" if database == "PostgreSQL" else "sqlite"
        groups.append(count(f"  of these on {database}", (fate for name, fate in results if word in name.lower()), 0))
    return groups


def docs() -> list[Count]:
    code = run(CARGO, "test", "--quiet", "--doc", "--workspace")
    return [Count("Rust examples", passed=int(code == 0), failed=int(code != 0))]


def built() -> dict[str, str]:
    return {
        "GUISE_BIN": str(TARGET / "debug" / "guise"),
        "GUISE_TESTSITE_BIN": str(TARGET / "debug" / "guise-testsite"),
        "GUISE_TESTMODEL_BIN": str(TARGET / "debug" / "guise-testmodel"),
    }


def python_client(version: str) -> Callable[[], list[Count]]:
    def group() -> list[Count]:
        requirements = ROOT / "tests" / "clients" / "python" / "requirements" / f"{version}.txt"
        python = output(ROOT / "scripts" / "python-environment.sh", requirements)
        junit = report(f"client-{version}.xml")
        suites = ("common", f"only_{version.replace('.', '_')}")
        folder = ROOT / "tests" / "clients" / "python"
        code = run(python, "-m", "pytest", "-q", f"--junitxml={junit}", *suites, folder=folder, **built())
        return [count(f"client-{version}", (fate for _, fate in cases(junit)), code)]

    return group


def node_tests(name: str, folder: Path, pattern: str, files_at_once: int = 1) -> Callable[[], list[Count]]:
    def group() -> list[Count]:
        output(ROOT / "scripts" / "node-clients.sh")
        node = Path(output(ROOT / "scripts" / "node.sh")) / "node"
        tap = report(f"{name.lower().replace(' ', '-')}.tap")
        code = run(
            *(node, "--test", f"--test-concurrency={files_at_once}"),
            *("--test-reporter=spec", "--test-reporter-destination=stdout"),
            *("--test-reporter=tap", f"--test-reporter-destination={tap}"),
            *sorted(folder.glob(pattern)),
            GUISE_CHROMIUM=str(ROOT / "scripts" / "chromium-unprivileged.sh"),
            **built(),
        )
        totals = {word: int(number) for word, number in re.findall(r"^# (\w+) (\d+)$", tap.read_text(), re.MULTILINE)}
        result = Count(name, totals["pass"], totals["fail"] + totals["cancelled"], totals["skipped"] + totals["todo"])
        if code != 0 and result.failed == 0:
            result.failed = 1
        return [result]

    return group


NODE_CLIENTS = ROOT / "tests" / "clients" / "node"

GROUPS: dict[str, Callable[[], list[Count]]] = {
    "lint": lint,
    "rust": rust,
    "docs": docs,
    "page-script": node_tests("Page script", ROOT / "tests" / "page_script", "*.test.mjs", files_at_once=2),
    "client-1.8.31": python_client("1.8.31"),
    "client-1.10.0": python_client("1.10.0"),
    "playwright": node_tests("Playwright", NODE_CLIENTS / "playwright", "*.test.js"),
    "puppeteer": node_tests("puppeteer", NODE_CLIENTS / "puppeteer", "*.test.js"),
    "fuzz": fuzz,
}

ONLY_WHEN_NAMED = {"fuzz"}
NEED_BINARIES = {"client-1.8.31", "client-1.10.0", "playwright", "puppeteer"}
# Each starts what it needs, in folders and on ports of its own.
BESIDE_EACH_OTHER = NEED_BINARIES | {"page-script"}


def counted(name: str, group: Callable[[], list[Count]]) -> list[Count]:
    """Runs a group; one that cannot be run has failed."""
    try:
        return group()
    except (subprocess.CalledProcessError, OSError) as error:
        print(error, file=sys.stderr)
        return [Count(name, failed=1)]


def alone(name: str, group: Callable[[], list[Count]]) -> list[Count]:
    """Runs a group in sight."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    counts = counted(name, group)
    print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    return counts


def beside_others(name: str) -> list[Count]:
    """Runs a group while others run, and shows what it said once it has ended."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        shown.to = said
        counts = counted(name, GROUPS[name])
        said.seek(0)
        print(f"\n== {name}\n{said.read()}== {name}: {time.monotonic() - started:.0f} s", flush=True)
    return counts


def main(wanted: list[str]) -> int:
    if unknown := [name for name in wanted if name not in GROUPS]:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    chosen = [name for name in GROUPS if name in (wanted or GROUPS.keys() - ONLY_WHEN_NAMED)]
    began = time.monotonic()
    results: list[Count] = []
    for name in chosen:
        if name not in BESIDE_EACH_OTHER:
            results += alone(name, GROUPS[name])
    beside = [name for name in chosen if name in BESIDE_EACH_OTHER]
    if NEED_BINARIES & set(beside):
        compiled = alone("build", binaries)
        results += compiled
        beside = beside if compiled[0].good else []
    with ThreadPoolExecutor(max_workers=SUITES_AT_ONCE) as pool:
        for name, counts in zip(beside, pool.map(beside_others, beside)):
            results += counts
    print(f"\nAfter {time.monotonic() - began:.0f} s:")
    for result in results:
        print(result)
    good = all(result.good for result in results)
    print("All good." if good else "FAILED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
