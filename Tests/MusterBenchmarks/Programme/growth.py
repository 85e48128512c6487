#!/usr/bin/env python3
"""Measures how the whole program grows with a programme, and prints a table and its growth.

    growth.py MUSTER [PARTNERSHIPS ...]     75, 150, 300 and 600 where none are given

A generated programme has 8 schools a partnership and 5 people a school, each with a calendar file of a term: weekly
lessons, a meeting with an exception, single events. Partnerships alternate between two regions; mails go into a Maildir. What
changes nothing is done three times, and the time in the middle counts.
"""

import csv
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOW = "2026-11-24T09:00:00Z"
THEMES = ["assessment", "engagement", "leadership", "reading", "wellbeing"]
ROLES = ["head", "reviewer;lead", "reviewer", "champion", "reviewer"]


def write_programme(config: Path, partnerships: int) -> None:
    random_source = random.Random(partnerships)
    programme = config / "programme"
    for folder in ("partnerships", "cycles", "terms", "calendars"):
        (programme / folder).mkdir(parents=True)
    (config / "muster.yaml").write_text(
        "organiser: { name: Reviews, address: reviews@growth.example }\n"
        "mail: { transport: maildir, directory: mail }\n"
        "rooms:\n  - { id: zoom, capacity: 200, link: https://meet.example/r }\n"
    )
    holiday = {"title": "Good Friday", "date": "2027-03-26", "notes": "", "bunting": False}
    (programme / "terms/bank-holidays.json").write_text(
        json.dumps({"england-and-wales": {"division": "england-and-wales", "events": [holiday]}})
    )
    (programme / "terms/england.yaml").write_text(
        "layer: england\nname: England\n"
        "terms:\n  - { name: Spring, dates: 2027-01-05 to 2027-03-24 }\n"
        "closed:\n  - { name: Half-term, dates: 2027-02-15 to 2027-02-19 }\n"
        "inset: [2027-01-04]\n"
        "bank-holidays: { file: bank-holidays.json, division: england-and-wales }\n"
    )
    schools, people = [], []
    for number in range(partnerships):
        urns = [900001 + number * 8 + index for index in range(8)]
        for urn in urns:
            trust = f"Trust {urn % 97}" if urn % 3 == 0 else ""
            region = ["South West", "North West"][number % 2]
            schools.append([urn, f"School {urn}", "Primary", region, trust, random_source.randint(90, 600)])
            for index, roles in enumerate(ROLES):
                person = f"p{urn}x{index}"
                (programme / f"calendars/{person}.ics").write_text(calendar(random_source, person))
                people.append(
                    [person, f"Person {urn} {index}", f"{person}@school{urn}.example", urn, roles,
                     random_source.choice(THEMES), f"calendars/{person}.ics"]
                )
        write_cycle(programme, number, urns, random_source)
    write_table(programme / "schools.csv", ["urn", "name", "phase", "region", "trust", "pupils"], schools)
    write_table(
        programme / "people.csv", ["id", "name", "email", "school", "roles", "themes", "calendars"], people)


def write_table(path: Path, header: list, rows: list) -> None:
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header] + rows)


def write_cycle(programme: Path, number: int, urns: list, random_source: random.Random) -> None:
    (programme / f"partnerships/n{number}.yaml").write_text(
        f"partnership: n{number}\nname: Partnership {number}\n"
        f"coordinator: {{ name: C {number}, address: c{number}@growth.example }}\n"
        f"schools: {urns}\nterms: [england]\n"
    )
    hosts = "".join(
        f'  - {{ school: {urn}, theme: {random_source.choice(THEMES)}, question: "Question {urn}?" }}\n' for urn in urns
    )
    (programme / f"cycles/n{number}.yaml").write_text(
        f"""cycle: n{number}-spring
name: Spring {number}
partnership: n{number}
dates: 2027-01-11 to 2027-03-24
team: {{ lead: 1, reviewer: 2, champion: 1 }}
stages:
  - {{ id: pre-review, name: Pre-review meeting, length: 60 min, room: zoom, attend: [host, lead], times: ["13:30-15:00", "15:45-17:00"] }}
  - {{ id: review, length: 150 min, mode: online, link: "https://meet.example/x", attend: [host, lead, reviewer], after: 5 to 15 school days, times: ["09:00-15:15"] }}
  - {{ id: workshop, name: Improvement Workshop, length: 2 h, mode: online, link: "https://meet.example/w", attend: [host, champion, lead], after: 3 to 15 school days, times: ["13:00-17:00"] }}
rules: {{ outside-region: prefer, limits: {{ teams: 3, per-day: 1, per-week: 2 }} }}
reminders: [school day before at 16:00]
hosts:
{hosts}"""
    )


def calendar(random_source: random.Random, person: str) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//growth//muster//EN"]

    def event(name: str, day: str, hour: int, minute: int, minutes: int, rule: str = "") -> None:
        end = hour * 60 + minute + minutes
        lines.extend(["BEGIN:VEVENT", f"UID:{person}-{name}", "DTSTAMP:20261101T000000Z",
                      f"DTSTART;TZID=Europe/London:{day}T{hour:02}{minute:02}00",
                      f"DTEND;TZID=Europe/London:{day}T{end // 60:02}{end % 60:02}00"])
        lines.extend([rule] if rule else [])
        lines.append("END:VEVENT")

    for day in range(5):
        for lesson in random_source.sample(range(5), 2):
            event(f"lesson-{day}-{lesson}", f"2027010{4 + day}", 9 + lesson, 0, 55,
                  "RRULE:FREQ=WEEKLY;UNTIL=20270724T000000Z")
    event("staff", "20270105", 15, 30, 75,
          "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270724T000000Z\r\nEXDATE;TZID=Europe/London:20270216T153000")
    for number in range(40):
        day = f"2027{random_source.randint(1, 3):02}{random_source.randint(1, 28):02}"
        event(f"single-{number}", day, random_source.randint(8, 16), random_source.choice([0, 30]),
              random_source.choice([30, 60, 90]))
    return "\r\n".join(lines + ["END:VCALENDAR", ""])


def measure(muster: str, arguments: list, folder: Path) -> tuple:
    """Seconds, peak memory in MiB and the output of one command."""
    usage = folder / "usage"
    before = time.monotonic()
    result = subprocess.run(
        ["/usr/bin/time", "-f", "%M", "-o", str(usage), muster, *arguments], capture_output=True, text=True)
    seconds = time.monotonic() - before
    if result.returncode != 0:
        sys.exit(f"muster {' '.join(arguments)} ended with {result.returncode}:\n{result.stderr[-2000:]}")
    return seconds, int(usage.read_text().split()[-1]) // 1024, result.stdout


def row(muster: str, partnerships: int) -> dict:
    folder = Path(tempfile.mkdtemp(prefix="muster-growth-"))
    try:
        config = folder / "config"
        write_programme(config, partnerships)
        place = ["--config", str(config), "--state", str(folder / "state"), "--now", NOW]
        steps = {
            "check": ["check", "--config", str(config)], "plan": ["plan", "--json", *place],
            "apply": ["apply", *place], "plan again": ["plan", "--json", *place],
            "explain": ["explain", "900001", *place], "status": ["status", *place],
            "outbox": ["outbox", "list", *place],
        }
        figures = {}
        for name, arguments in steps.items():
            runs = [measure(muster, arguments, folder) for _ in range(1 if name in ("plan", "apply") else 3)]
            figures[name] = statistics.median(seconds for seconds, _, _ in runs)
            figures["MiB"] = max([figures.get("MiB", 0)] + [memory for _, memory, _ in runs])
            output = runs[0][2]
            if name == "plan":
                plan = json.loads(output)
                figures["mails"] = plan["mails"]
                figures["left out"] = len(plan["plan"]["unscheduled"])
                figures["cost"] = plan["score"]["cost"]
        return figures
    finally:
        shutil.rmtree(folder)


def main() -> None:
    muster, sizes = sys.argv[1], [int(size) for size in sys.argv[2:]] or [75, 150, 300, 600]
    columns = ["check", "plan", "apply", "plan again", "explain", "status", "outbox", "MiB", "mails", "left out", "cost"]
    print("| partnerships | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    last = None
    for size in sizes:
        figures = row(muster, size)
        cells = [f"{figures[c]:.2f} s" if isinstance(figures[c], float) else f"{figures[c]:,}" for c in columns]
        print(f"| {size} | " + " | ".join(cells) + " |", flush=True)
        if last and size == 2 * last[0]:
            grown = [f"×{figures[c] / max(last[1][c], 0.01):.2f}" for c in columns[:8]]
            print(f"| growth | " + " | ".join(grown) + " | | | |", flush=True)
        last = (size, figures)


if __name__ == "__main__":
    main()
