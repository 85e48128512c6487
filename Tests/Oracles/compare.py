"""Compares muster's expansion of every calendar below a folder with libical's and recurring-ical-events'.

compare.py MUSTER LIBICAL FOLDER    prints the counts, and every window in which muster stands against both oracles
"""

import collections
import concurrent.futures
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
DAY = 86400
TIME = re.compile(rb"^(?:DTSTART|RECURRENCE-ID|RDATE)[^:\r\n]*:(\d{8})", re.MULTILINE)
ZONES = ["Europe/London", "America/New_York"]


def windows(data):
    """A year from the first time that the file names, and one from the last."""
    days = []
    for text in TIME.findall(data):
        try:
            day = datetime.datetime.strptime(text.decode(), "%Y%m%d").replace(tzinfo=datetime.timezone.utc)
        except ValueError:
            continue
        if 1902 < day.year < 2037:
            days.append(int(day.timestamp()))
    starts = sorted({min(days), max(days)}) if days else []
    return [(start - 2 * DAY, start + 370 * DAY) for start in starts]


def run(arguments, zone, parse):
    """What a program printed, as a multiset, or None where it could not."""
    try:
        result = subprocess.run(
            arguments, capture_output=True, timeout=30, env={**os.environ, "TZ": zone}, check=False)
    except subprocess.TimeoutExpired:
        return None
    if result.returncode != 0:
        return None
    lines = result.stdout.decode(errors="replace").splitlines()
    return None if len(lines) > 20000 else collections.Counter(parse(line) for line in lines)


def columns(line):
    parts = line.split("\t")
    return parts[0], int(parts[1]), int(parts[2])


def seconds(text):
    year, _, rest = text.partition("-")
    if int(year) > 9999:
        # Python counts no further; the calendar repeats every 400 years.
        turns = (int(year) - 9600) // 400
        return seconds(f"{int(year) - 400 * turns}-{rest}") + turns * 12_622_780_800
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def ours(line):
    value = json.loads(line)
    return value["uid"], seconds(value["start"]), seconds(value["end"])


def compare(case):
    muster, libical, path, start, end, zone = case
    iso = [datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for at in (start, end)]
    mine = run([muster, "calendar", "expand", path, "--from", iso[0], "--to", iso[1], "--json"], zone, ours)
    one = run([libical, "expand", path, str(start), str(end), zone], zone, columns)
    two = run([sys.executable, str(HERE / "recurring.py"), path, str(start), str(end), zone], zone, columns)
    return case, mine, one, two


def verdict(mine, one, two):
    if one is None and two is None:
        return "neither oracle reads it"
    if one is None or two is None:
        other = two if one is None else one
        return "one oracle alone, agrees" if mine == other else "one oracle alone, differs"
    if one == two:
        return "both agree, muster too" if mine == one else "BOTH AGREE, MUSTER DIFFERS"
    if mine == one:
        return "they differ, muster is with libical"
    return "they differ, muster is with recurring-ical-events" if mine == two else "they differ, muster is alone"


def main():
    muster, libical, folder = sys.argv[1:4]
    wanted = sys.argv[4:]
    suffixes = {".ics", ".vcs", ".ical"}
    files = sorted(str(path) for path in pathlib.Path(folder).rglob("*") if path.suffix.lower() in suffixes)
    cases = []
    for path in files:
        for start, end in windows(pathlib.Path(path).read_bytes()):
            cases += [(muster, libical, path, start, end, zone) for zone in ZONES]
    counts = collections.Counter()
    instances = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for case, mine, one, two in pool.map(compare, cases):
            word = verdict(mine, one, two)
            counts[word] += 1
            instances[word] += sum(mine.values()) if mine else 0
            if word.isupper() or "DIFFERS" in word or any(w in word for w in wanted):
                _, _, path, start, end, zone = case
                print(f"{word}: {os.path.relpath(path, folder)} {zone} {start} {end}")
                for name, found in (("muster", mine), ("libical", one), ("recurring", two)):
                    base = mine or collections.Counter()
                    extra = sorted((found or base) - base)[:3] if name != "muster" else sorted(base - (one or two or base))[:3]
                    print(f"    {name}: {sum(found.values()) if found is not None else None} {extra}")
    print(f"{len(files)} files, {len(cases)} windows")
    for word, count in counts.most_common():
        print(f"{count:6} windows, {instances[word]:8} instances: {word}")
    return 1 if counts["BOTH AGREE, MUSTER DIFFERS"] else 0


if __name__ == "__main__":
    sys.exit(main())
