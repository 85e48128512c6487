#!/usr/bin/env python3
"""Makes planning problems as partnerships of schools have them. Standard library only; one seed, the same bytes.

    generate.py PRESET --seed N [--tracks N] -o FILE

tiny, partnership, region, regions and national are seasons of school reviews of 3 to 5,000 tracks; replan is a region
with a published plan that was then disturbed, tight has too few people and tracks that nothing can place (its key
`planted` says why), training has events with hundreds of optional guests. `--tracks` makes a season larger or smaller.
"""
import argparse
import datetime
import json
import random
from dataclasses import dataclass

from firstfit import FirstFit
from problem import Problem

DAY, HOUR = 96, 4
SUMMER_TIME = [(datetime.date(2026, 3, 29), datetime.date(2026, 10, 25)),
               (datetime.date(2027, 3, 28), datetime.date(2027, 10, 31))]
# The school year 2026/27 in England: half terms, Christmas, Easter, the May bank holiday and the end of the year.
HOLIDAYS = [("2026-10-26", "2026-10-30"), ("2026-12-21", "2027-01-04"), ("2027-02-15", "2027-02-19"),
            ("2027-03-26", "2027-04-09"), ("2027-05-03", "2027-05-03"), ("2027-05-31", "2027-06-04"),
            ("2027-07-22", "2027-08-31")]
EARLY_HALF_TERMS = {"2026-10-26": "2026-10-19", "2027-02-15": "2027-02-08"}
REGIONS = ["London", "South East", "South West", "East", "East Midlands", "West Midlands", "Yorkshire", "North West",
           "North East"]
THEMES = ["reading", "maths", "writing", "early-years", "inclusion", "attendance", "behaviour", "assessment",
          "leadership"]
PERIODS = [(36, 40), (40, 44), (45, 49), (53, 57), (57, 61)]
WEIGHTS = {"optional": 2, "load": 3, "balance": 1, "theme": 20, "outside": 10, "repeat": 15, "reciprocal": 25,
           "elapsed": 1, "move": 30, "swap": 60}


@dataclass(frozen=True)
class Preset:
    """The measures of a season."""
    tracks: int
    regions: int
    weeks: int
    monday: str


PRESETS = {
    "tiny": Preset(3, 1, 6, "2027-01-11"),
    "partnership": Preset(10, 1, 8, "2027-02-22"),
    "region": Preset(60, 1, 10, "2027-01-11"),
    "regions": Preset(300, 5, 11, "2026-09-14"),
    "national": Preset(5000, 9, 13, "2026-09-07"),
    "training": Preset(6, 2, 8, "2027-04-19"),
    "tight": Preset(24, 2, 8, "2026-09-14"),
    "replan": Preset(60, 1, 10, "2027-01-11"),
}


class Calendar:
    """The season's days, and where local times lie on its slots."""

    def __init__(self, preset):
        self.first = datetime.date.fromisoformat(preset.monday)
        self.days = preset.weeks * 7
        self.horizon = self.days * DAY
        self.ahead = [HOUR * any(a <= self.date(day) < b for a, b in SUMMER_TIME) for day in range(self.days)]
        self.offset = self.ahead[0]

    def date(self, day):
        """The date of a day."""
        return self.first + datetime.timedelta(day)

    def school_days(self, early):
        """The days that are neither weekends nor holidays; some regions have their half terms a week early."""
        closed = set()
        for first, last in HOLIDAYS:
            begin, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
            week = datetime.timedelta(7 if early and first in EARLY_HALF_TERMS else 0)
            closed.update(begin - week + datetime.timedelta(n) for n in range((end - begin).days + 1))
        return [d for d in range(self.days) if d % 7 < 5 and self.date(d) not in closed]

    def slot(self, day, quarter):
        """The slot of a local time, in quarters of an hour since midnight."""
        return day * DAY + quarter - self.ahead[day]


class School:
    """A school and those of its people who take part."""

    def __init__(self, number, region, rng, calendar, terms):
        self.id, self.region, self.staff = f"s{number}", region, []
        days = terms[region]
        self.inset = sorted(rng.sample(days, rng.randint(1, 2)))
        self.days = [day for day in days if day not in self.inset]
        # A small school can spare one leader at a time; some have never said how many.
        self.limit = rng.choice([1, 1, 2, 2, 2, 2, 3, None])


class Season:
    """A season under construction."""

    def __init__(self, preset, rng):
        self.preset, self.rng = preset, rng
        self.calendar = Calendar(preset)
        self.regions = REGIONS[:preset.regions]
        self.terms = {region: self.calendar.school_days(rng.random() < 0.25) for region in REGIONS}
        self.people, self.schools, self.tracks = [], [], []

    # --- people ---

    def open_schools(self, count, spare=0.0):
        """Founds schools in clusters of three to eight, each with its leaders."""
        rng = self.rng
        while len(self.schools) < count:
            region = self.regions[len(self.schools) * len(self.regions) // count]
            for _ in range(min(rng.randint(3, 8), count - len(self.schools))):
                school = School(len(self.schools) + 1, region, rng, self.calendar, self.terms)
                self.schools.append(school)
                lead = 0.6 - spare
                self.leader(school, "head", ["lead"] * (rng.random() < lead) + ["reviewer"] * (rng.random() < 0.85))
                roles = ["lead"] * (rng.random() < lead / 3) + ["reviewer"] * (rng.random() < 0.7)
                self.leader(school, "deputy", roles)
                for _ in range(rng.randint(2, 4)):
                    roles = ["reviewer"] * (rng.random() < 0.4) + ["facilitator"] * (rng.random() < 0.12)
                    self.leader(school, "middle", roles)

    def leader(self, school, rank, roles):
        """Adds a leader of a school: heads teach little, middle leaders most of the week, and some are part-time."""
        rng = self.rng
        most = rng.uniform(0.45, 0.75), rng.choice([2, 3])
        teaching, weight = {"head": (0.05, 1), "deputy": (0.3, 2), "middle": most}[rank]
        off = set(rng.sample(range(5), rng.randint(1, 2))) if rank == "middle" and rng.random() < 0.25 else set()
        hours = (31, 72) if rank == "head" else (32, 68)
        days = [day for day in school.days if day % 7 not in off]
        inset = [day for day in school.inset if rng.random() < 0.85]
        person = self.person(school.region, roles, days, hours, teaching, weight, inset)
        person["school"] = school.id
        person["maxTracks"] = rng.choice([2, 2, 3]) if rank != "middle" else rng.choice([1, 2, 2])
        school.staff.append(person)

    def consultants(self, tracks_each, away=0):
        """Adds facilitators who belong to no school, and people from other regions who help online."""
        rng = self.rng
        for region in self.regions:
            hosts = sum(school.region == region for school in self.schools)
            for _ in range(2 + hosts // tracks_each):
                self.person(region, ["facilitator"], self.terms[region], (32, 72), 0, 1)["maxTracks"] = tracks_each + 3
        others = REGIONS[len(self.regions):]
        for number in range(away if others else 0):
            region = rng.choice(others)
            roles = ["reviewer"] + [["facilitator"], ["lead"], []][number % 3]
            person = self.person(region, roles, self.terms[region], (32, 68), 0.3, 2)
            person["school"], person["maxTracks"] = f"x{number // 2 + 1}", rng.randint(1, 2)

    def person(self, region, roles, days, hours, teaching, weight, inset=()):
        """Adds somebody with a calendar: working hours less meetings and days out, lessons as times to avoid."""
        rng, calendar = self.rng, self.calendar
        meeting = (rng.randrange(5), rng.choice([32, 48, 62]))
        lessons = [[period for period in PERIODS if rng.random() < teaching] for _ in range(5)]
        free, avoid = [], []
        for day in days:
            midnight, week = calendar.slot(day, 0), day % 7
            busy = [(meeting[1], meeting[1] + 4)] if week == meeting[0] else []
            chance = rng.random()
            if chance < 0.04:
                busy = [hours]
            elif chance < 0.3:
                begin = hours[0] + int(rng.random() * (hours[1] - hours[0] - 4)) // 2 * 2
                busy.append((begin, begin + (2, 4, 4, 8)[int(rng.random() * 4)]))
            at = hours[0]
            for begin, end in sorted(busy):
                if begin > at:
                    free.append([midnight + at, midnight + begin])
                at = max(at, end)
            if at < hours[1]:
                free.append([midnight + at, midnight + hours[1]])
            for begin, end in lessons[week]:
                if avoid and avoid[-1][1] == midnight + begin:
                    avoid[-1][1] = midnight + end
                else:
                    avoid.append([midnight + begin, midnight + end, weight])
        for day in inset:
            free.append([calendar.slot(day, 34), calendar.slot(day, rng.choice([48, 64]))])
        person = {"id": f"p{len(self.people) + 1}", "school": None, "region": region, "offset": calendar.offset,
                  "qualifications": roles, "themes": sorted(rng.sample(THEMES, rng.randint(1, 3))),
                  "free": sorted(free), "avoid": avoid,
                  "maxTracks": 2, "maxPerDay": 2, "maxPerWeek": rng.randint(3, 5)}
        self.people.append(person)
        return person

    # --- tracks ---

    def host(self, school):
        """Adds a school's review: a call before it, the review, and the workshop after it."""
        rng, calendar, staff = self.rng, self.calendar, school.staff
        share = lambda part: int(calendar.days * part) * DAY
        # Neighbours with whom there is a conflict of interest, and those who came the last time.
        known = [p for near in rng.sample(self.schools, min(6, len(self.schools))) for p in near.staff
                 if near is not school and near.region == school.region and p["qualifications"]]
        online, blended = rng.random() < 0.25, rng.random() < 0.5
        lunch = [[calendar.slot(day, 48), calendar.slot(day, 52), 1] for day in school.days]
        mondays = [[calendar.slot(day, 32), calendar.slot(day, 64), 1] for day in school.days if day % 7 == 0]
        head, deputy, *middle = (person["id"] for person in staff)
        workshop = {"required": middle[:1]} if rng.random() < 0.5 else {}
        self.tracks.append({
            "id": f"t{school.id[1:]}", "school": school.id, "region": school.region, "offset": calendar.offset,
            "theme": rng.choice(THEMES), "priority": rng.choice([1, 1, 1, 2, 2, 3]),
            "required": [head], "optional": middle[1:] + [deputy] * (rng.random() < 0.3),
            "excluded": [p["id"] for p in rng.sample(known, min(len(known), rng.randint(0, 3)))],
            "previous": [p["id"] for p in rng.sample(known, min(len(known), 3))],
            "days": school.days, "distinctSchools": rng.random() < 0.75, "wantsOutside": rng.random() < 0.3,
            "roles": [{"id": "lead", "count": 1}, {"id": "reviewer", "count": 2}, {"id": "facilitator", "count": 1}],
            "stages": [
                {"id": "pre-review", "slots": 4, "roles": ["lead"], "room": "online", "startEvery": 2,
                 "window": [0, share(0.6)], "avoid": lunch},
                {"id": "review", "slots": 20, "roles": ["lead", "reviewer"], "inPerson": not online,
                 **({"room": "online"} if online else {}), "startEvery": 2, "window": [share(0.1), share(0.85)],
                 "avoid": mondays, "gap": [rng.choice([3, 5]), 15]},
                {"id": "workshop", "slots": 8, "roles": ["lead", "facilitator"], "inPerson": blended,
                 **({} if blended else {"room": "online"}), "startEvery": 2, "window": [share(0.2), calendar.horizon],
                 "days": sorted(school.days + school.inset), "gap": [rng.choice([3, 5]), 20], **workshop},
            ]})
        for stage in self.tracks[-1]["stages"][:2]:
            if deputy not in self.tracks[-1]["optional"]:
                stage["required"] = [deputy]

    def problem(self, rooms):
        """The season in the exchange format."""
        schools = [{"id": s.id, "maxPerDay": s.limit} for s in self.schools if s.limit is not None]
        return {"format": "muster-problem/1", "start": f"{self.calendar.first}T00:00:00Z", "weekday": 0,
                "slotMinutes": 15, "horizon": self.calendar.horizon, "buffer": 1, "people": self.people,
                "schools": schools, "rooms": rooms, "tracks": self.tracks, "published": [], "pinned": [],
                "weights": WEIGHTS}


def cycle(preset, rng, scarce=0.0):
    """A season in which every school hosts once."""
    season = Season(preset, rng)
    season.open_schools(max(8, preset.tracks), scarce)
    season.consultants(12, away=max(4, preset.tracks // 8))
    for school in season.schools[:preset.tracks]:
        season.host(school)
    return season, season.problem([{"id": "online", "capacity": max(2, preset.tracks // 20)}])


def training(preset, rng):
    """Training events: two days and a call for whoever has time, and few who can present them."""
    season = Season(preset, rng)
    season.open_schools(75)
    calendar = season.calendar
    guests = [person["id"] for school in season.schools for person in school.staff]
    for number in range(preset.tracks):
        region = season.regions[number % 2]
        season.person(region, ["presenter"], season.terms[region], (32, 68), 0, 1)["maxTracks"] = 3
    for number in range(preset.tracks):
        region = season.regions[number % 2]
        days = [{"slots": 24, "startEvery": 2}, {"slots": 24, "startEvery": 2, "gap": [5, 15]},
                {"slots": 4, "startEvery": 2, "gap": [5, 20]}]
        season.tracks.append({
            "id": f"event-{number + 1}", "region": region, "offset": calendar.offset, "theme": rng.choice(THEMES),
            "optional": sorted(rng.sample(guests, 3 * len(guests) // 4)), "days": season.terms[region],
            "roles": [{"id": "presenter", "count": 2}],
            "stages": [{"id": f"part-{n + 1}", "roles": ["presenter"], "room": "hall" if n < 2 else "online", **part}
                       for n, part in enumerate(days)]})
    return season.problem([{"id": "hall", "capacity": 1}, {"id": "online", "capacity": 2}])


def tight(preset, rng):
    """Few leads, and in every third track something that makes it impossible."""
    season, problem = cycle(preset, rng, scarce=0.2)
    schools = {school.id: school for school in season.schools}
    causes = ["head", "window", "gap", "days", "qualification", "room", "host", "times"]
    rng.shuffle(causes)
    problem["planted"] = []
    limits = {entry["id"]: entry for entry in problem["schools"]}
    for track, cause in zip(season.tracks[::3], causes):
        call, review, workshop = track["stages"]
        if cause == "head":                                  # away for as long as the review may be
            head = schools[track["school"]].staff[0]
            head["free"] = [span for span in head["free"] if not review["window"][0] <= span[0] < review["window"][1]]
        elif cause == "window":                              # shorter than the review
            review["window"] = [review["window"][0] + 40, review["window"][0] + 58]
        elif cause == "gap":                                 # longer than the season
            workshop["gap"] = [90, 120]
        elif cause == "days":
            workshop["days"] = track["days"][:2]
        elif cause == "qualification":
            track["roles"].append({"id": "interpreter", "count": 1})
            review["roles"] = [*review["roles"], "interpreter"]
        elif cause == "room":
            call["room"] = "studio"
            problem["rooms"].append({"id": "studio", "capacity": 0})
        elif cause == "host":
            limits.get(track["school"], {}).clear()
            problem["schools"] = [entry for entry in problem["schools"] if entry]
            problem["schools"].append({"id": track["school"], "maxPerDay": 0})
        elif cause == "times":                               # only at night
            call["free"] = [[day * DAY + 4, day * DAY + 12] for day in track["days"]]
        problem["planted"].append({"track": track["id"], "cause": cause})
    return problem


def replan(preset, rng):
    """A published season of which the beginning is pinned, after declines, new appointments and closures."""
    season, problem = cycle(preset, rng)
    placements = FirstFit(Problem(problem)).run().placements
    for name, placement in placements.items():
        entry = {"track": name, "starts": placement.starts, "team": placement.team}
        problem["published"].append(entry)
        soon = [stage for stage in placement.track.stages if placement.starts[stage.id] < 4 * DAY]
        if soon:
            problem["pinned"].append({
                "track": name, "starts": {stage.id: placement.starts[stage.id] for stage in soon},
                "team": {role: placement.team[role] for stage in soon for role in stage.roles}})
    pinned = {p for entry in problem["pinned"] for people in entry["team"].values() for p in people}
    people = {person["id"]: person for person in problem["people"]}
    tracks = {track["id"]: track for track in problem["tracks"]}
    published = rng.sample(problem["published"], 12)
    for entry in published[:5]:                              # a reviewer declines
        tracks[entry["track"]]["excluded"] += [p for p in entry["team"]["reviewer"][:1]
                                               if p not in pinned and p not in tracks[entry["track"]]["excluded"]]
    for entry in published[5:10]:                            # somebody has a new appointment amid the review
        start = entry["starts"]["review"] + 8
        person = people[rng.choice(tracks[entry["track"]]["required"] + entry["team"]["lead"])]
        person["free"] = [[a, b] for low, high in person["free"]
                          for a, b in ((low, min(high, start)), (max(low, start + 4), high)) if a < b]
    for entry in published[10:]:                             # a school closes on the day of its review
        track = tracks[entry["track"]]
        day = (entry["starts"]["review"] + track["offset"]) // DAY
        for thing in (track, track["stages"][2]):
            thing["days"] = [d for d in thing["days"] if d != day]
    return problem


def generate(name, seed, tracks=None):
    """The problem of a preset and a seed."""
    preset = PRESETS[name]
    if tracks:
        preset = Preset(tracks, max(1, min(preset.regions, tracks // 50)), preset.weeks, preset.monday)
    rng = random.Random(f"{name}/{seed}")
    special = {"training": training, "tight": tight, "replan": replan}.get(name)
    return special(preset, rng) if special else cycle(preset, rng)[1]


def write(problem, path):
    """Writes a problem with every person and every track on a line of its own."""
    compact = json.JSONEncoder(separators=(",", ":")).encode
    with open(path, "w", encoding="utf-8") as file:
        parts = [f'"{key}":[\n' + ",\n".join(map(compact, value)) + "\n]" if isinstance(value, list) and value
                 else f'"{key}":{compact(value)}' for key, value in problem.items()]
        file.write("{" + ",\n".join(parts) + "}\n")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description="Makes a planning problem.")
    parser.add_argument("preset", choices=PRESETS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tracks", type=int, help="another number of tracks than the preset's")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    write(generate(arguments.preset, arguments.seed, arguments.tracks), arguments.output)


if __name__ == "__main__":
    main()
