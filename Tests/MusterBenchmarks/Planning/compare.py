#!/usr/bin/env python3
"""Runs the planner and its peers on the same problems, checks every plan, and prints how they compare.

    compare.py [--full] [--seeds 1,2] [--presets tiny,region] [--document FILE] [--plot FILE]
               [--peer "NAME=command with {problem} {seconds} {solution}"] ...

CP-SAT is always a peer. Without `--full` it takes about two minutes. `--document` puts the tables between the marks of
a page, `--plot` draws how time and memory grow.
"""
import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from plot import growth

HERE = Path(__file__).resolve().parent
MUSTER = f"{HERE.parents[2]}/.build/release/muster solve"
CPSAT = f"CP-SAT={sys.executable} {HERE}/cpsat.py {{problem}} --seconds {{seconds}} -o {{solution}}"
BUDGETS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60)
MARKS = "<!-- figures begin -->", "<!-- figures end -->"


@dataclass(frozen=True)
class Mode:
    """How much is measured."""
    presets: tuple
    seconds: float                           # of a peer
    ours: float                              # of the planner
    sizes: tuple                             # tracks, for the growth


QUICK = Mode(("tiny", "partnership", "region", "tight", "replan"), 10, 2, (10, 100, 1000))
FULL = Mode(("tiny", "partnership", "region", "training", "tight", "replan", "regions"), 60, 10,
            (10, 30, 100, 300, 1000, 2500, 5000))


@dataclass(frozen=True)
class Run:
    """A finished program: its plan's score, the seconds it took, and its memory at the peak in megabytes."""
    unscheduled: int
    cost: int
    seconds: float
    memory: float

    @property
    def score(self):
        """What is compared, in order."""
        return self.unscheduled, self.cost


def call(*arguments):
    """What one of the scripts beside this one prints; an error where it finds something wrong."""
    result = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, arguments))} failed:\n{(result.stdout + result.stderr)[-2000:]}")
    return result.stdout


def solve(command, problem, folder):
    """Runs a solver, checks its plan, and says how it did."""
    solution = folder / "solution.json"
    solution.unlink(missing_ok=True)
    begin = time.monotonic()
    process = subprocess.Popen(shlex.split(command.format(problem=problem, solution=solution)),
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)              # of this child alone, unlike RUSAGE_CHILDREN
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} failed:\n{errors.decode(errors='replace')[-2000:]}")
    words = call(HERE / "score.py", problem, solution).splitlines()[-1].replace(",", "").split()
    return Run(int(words[words.index("unscheduled") + 1]), int(words[words.index("cost") + 1]), seconds,
               usage.ru_maxrss / 1024)


class Table:
    """Rows that are printed as they come, and kept as Markdown."""

    def __init__(self, *heads):
        self.rows = [heads]
        self._print(heads)

    def add(self, *cells):
        """Adds a row."""
        self.rows.append(cells)
        self._print(cells)

    def _print(self, cells):
        print("".join(f"{cell:>{max(12, len(head) + 2)}}" for cell, head in zip(cells, self.rows[0])), flush=True)

    def markdown(self):
        """The table as a page shows it."""
        lines = ["| " + " | ".join(cells) + " |" for cells in self.rows]
        return "\n".join([lines[0], "|---" + "|---:" * (len(self.rows[0]) - 1) + "|", *lines[1:]])


def amount(value):
    """A number with two or three digits that count."""
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def versus(mode, seeds, peers, muster, folder):
    """Planner and peers on the same problems."""
    table = Table("problem", "peer", "left out", "of the peer", "cost", "of the peer", "cost ratio", "as good after s",
                  "time ratio")
    for preset in mode.presets:
        for seed in seeds:
            problem = folder / "problem.json"
            call(HERE / "generate.py", preset, "--seed", seed, "-o", problem)
            ours = solve(f"{muster} {{problem}} --seconds {mode.ours} -o {{solution}}", problem, folder)
            for name, command in peers:
                peer = solve(command.replace("{seconds}", str(mode.seconds)), problem, folder)
                reached = reach(peer.score, ours, mode, muster, problem, folder)
                times = (amount(reached), amount(peer.seconds / reached)) if reached else ("never", "-")
                table.add(f"{preset} {seed}", name, f"{ours.unscheduled}", f"{peer.unscheduled}", f"{ours.cost:,}",
                          f"{peer.cost:,}", f"{peer.cost / max(1, ours.cost):.2f}", *times)
    return table


def reach(score, ours, mode, muster, problem, folder):
    """The seconds after which the planner has a plan at least as good as a score, or nothing."""
    for budget in BUDGETS:
        if budget >= mode.ours:
            break
        run = solve(f"{muster} {{problem}} --seconds {budget} -o {{solution}}", problem, folder)
        if run.score <= score:
            return run.seconds
    return ours.seconds if ours.score <= score else None


def grow(mode, muster, folder):
    """Time and memory until every track has a place, by the number of tracks."""
    table, points = Table("tracks", "file MB", "seconds", "peak MB", "left out", "cost"), []
    for size in mode.sizes:
        problem = folder / "problem.json"
        call(HERE / "generate.py", "national", "--tracks", size, "-o", problem)
        for work in (0, 100, 1000, 10_000):
            run = solve(f"{muster} {{problem}} --work {work} -o {{solution}}", problem, folder)
            if run.unscheduled == 0:
                break
        points.append((size, run.seconds, run.memory))
        table.add(f"{size:,}", amount(problem.stat().st_size / 1e6), amount(run.seconds), amount(run.memory),
                  f"{run.unscheduled}", f"{run.cost:,}")
    return table, points


def publish(path, tables):
    """Puts the tables between the marks of a page."""
    page = Path(path)
    before, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    middle = "\n\n".join(table.markdown() for table in tables)
    page.write_text(f"{before}{MARKS[0]}\n\n{middle}\n\n{MARKS[1]}{after}", encoding="utf-8")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description="Compares the planner with its peers.")
    parser.add_argument("--full", action="store_true", help="everything, a minute for each peer and problem")
    parser.add_argument("--seeds", default="1", help="the seeds of the problems, with commas")
    parser.add_argument("--presets", help="only these problems, with commas")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND", help="one more solver")
    parser.add_argument("--muster", default=MUSTER, help="the planner's command")
    parser.add_argument("--document", help="a page to put the tables into")
    parser.add_argument("--plot", help="an SVG to draw")
    arguments = parser.parse_args()
    mode = FULL if arguments.full else QUICK
    if arguments.presets:
        mode = Mode(tuple(arguments.presets.split(",")), mode.seconds, mode.ours, mode.sizes)
    peers = [tuple(peer.split("=", 1)) for peer in (CPSAT, *arguments.peer)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"Planning: {mode.ours:g} s for the planner, {mode.seconds:g} s for each peer, on the same problems; "
              "every plan is checked")
        tables = [versus(mode, arguments.seeds.split(","), peers, arguments.muster, folder)]
        print("\nHow a complete plan grows, reading and writing included")
        table, points = grow(mode, arguments.muster, folder)
    if arguments.document:
        publish(arguments.document, [*tables, table])
    if arguments.plot:
        Path(arguments.plot).write_text(growth(points), encoding="utf-8")


if __name__ == "__main__":
    main()
