#!/usr/bin/env python3
"""Checks a solution against the rules of the exchange format, its score and its repairs. Standard library only.

    score.py PROBLEM SOLUTION

Shares nothing with the planner. Prints every violation with its rule, then the score; exits 0 when there is none,
1 when there is one, 2 when the problem is malformed.
"""
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from problem import Malformed, Problem


class Unusable(Exception):
    """A placement or a relaxation that is not of the format's shape."""


@dataclass(frozen=True)
class Attendance:
    """One person in one session."""
    start: int
    end: int
    track: str
    stage: str
    by_role: bool
    pinned: bool


class Placement:
    """The starts and the team of one track."""

    def __init__(self, problem, track, entry):
        if not isinstance(entry, dict):
            raise Unusable("is no object")
        starts, team = entry.get("starts") or {}, entry.get("team") or {}
        if not isinstance(starts, dict) or not isinstance(team, dict):
            raise Unusable("has no starts or no team")
        if starts.keys() != {stage.id for stage in track.stages}:
            raise Unusable("must have a start for each of its stages and for nothing else")
        if any(type(start) is not int for start in starts.values()):
            raise Unusable("has a start that is no whole number")
        for role, people in team.items():
            if role not in track.roles:
                raise Unusable(f"has no role {role!r}")
            if not isinstance(people, list) or any(not isinstance(p, str) or p not in problem.people for p in people):
                raise Unusable(f"names somebody in role {role!r} whom there is not")
        self.track, self.starts = track, starts
        self.team = {role: team.get(role) or [] for role in track.roles}
        self.members = {person for people in self.team.values() for person in people}

    def by_role(self, stage):
        """Those who attend a stage because of a role."""
        return {person for role in stage.roles for person in self.team[role]}

    def attendances(self):
        """Yields (person, attendance) for every stage."""
        for stage in self.track.stages:
            start, fillers = self.starts[stage.id], self.by_role(stage)
            for person in stage.required | fillers:
                yield person, Attendance(start, start + stage.slots, self.track.id, stage.id, person in fillers,
                                         self.track.is_pinned(stage, person))


@dataclass
class Relaxation:
    """What one repair widens; without any, the problem as it stands."""
    free: dict = field(default_factory=lambda: defaultdict(list))        # ("person" or "stage", id) -> intervals
    window: dict = field(default_factory=dict)
    gap: dict = field(default_factory=dict)
    limit: dict = field(default_factory=dict)                            # (person or None, school or None, limit)
    room: list = field(default_factory=list)
    qualified: set = field(default_factory=set)
    day: set = field(default_factory=set)
    size: int = 0

    @classmethod
    def of(cls, problem, placement, items):
        """The relaxation that the items of a repair describe."""
        relaxation = cls()
        for item in items:
            try:
                relaxation.size += getattr(relaxation, f"_add_{item['kind']}")(problem, placement, item)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise Unusable(f"{json.dumps(item, ensure_ascii=False)} is no relaxation: {error!r}") from error
        return relaxation

    def _add_free(self, problem, placement, item):
        start, end = self._inside(placement, item)
        kind = self._either(item, "person", "stage")
        _ = problem.people[item["person"]] if kind == "person" else placement.starts[item["stage"]]
        self.free[kind, item[kind]].append((start, end))
        return end - start

    def _add_window(self, problem, placement, item):
        stage = self._stage(placement, item)
        start, end = self.window[stage.id] = self._wider(item["window"], stage.window)
        if start < 0 or end > problem.horizon:
            raise ValueError("a window stays inside the horizon")
        return stage.window[0] - start + end - stage.window[1]

    def _add_gap(self, _, placement, item):
        stage = self._stage(placement, item)
        least, most = self.gap[stage.id] = self._wider(item["gap"], stage.gap)
        return stage.gap[0] - least + most - stage.gap[1]

    def _add_limit(self, problem, _, item):
        if self._either(item, "person", "school") == "person":
            key, old = (item["person"], None, item["limit"]), problem.people[item["person"]].limits[item["limit"]]
        else:
            limits = {"maxPerDay": problem.schools[item["school"]]}
            key, old = (None, item["school"], item["limit"]), limits[item["limit"]]
        self.limit[key] = item["value"]
        return self._raised(item["value"], old)

    def _add_room(self, problem, placement, item):
        start, end = self._inside(placement, item)
        self.room.append((item["room"], start, end, item["capacity"]))
        return self._raised(item["capacity"], problem.rooms[item["room"]]) * (end - start)

    def _add_qualify(self, problem, placement, item):
        if item["role"] not in placement.track.roles or item["role"] in problem.people[item["person"]].qualifications:
            raise ValueError("the person is qualified, or there is no such role")
        self.qualified.add((item["person"], item["role"]))
        return 1

    def _add_day(self, _, placement, item):
        stage = self._stage(placement, item)
        if type(item["day"]) is not int or stage.days is None or item["day"] in stage.days:
            raise ValueError("the day is allowed")
        self.day.add((stage.id, item["day"]))
        return 1

    @staticmethod
    def _stage(placement, item):
        return {stage.id: stage for stage in placement.track.stages}[item["stage"]]

    @staticmethod
    def _either(item, *kinds):
        there = [kind for kind in kinds if kind in item]
        if len(there) != 1:
            raise ValueError(f"names not just one {' or '.join(kinds)}")
        return there[0]

    @staticmethod
    def _inside(placement, item):
        start, end = item["from"], item["to"]
        sessions = [(placement.starts[stage.id], stage.slots) for stage in placement.track.stages]
        if not any(begin <= start < end <= begin + slots for begin, slots in sessions):
            raise ValueError("does not lie inside one session")
        return start, end

    @staticmethod
    def _wider(new, old):
        low, high = new
        if not (low <= old[0] and old[1] <= high and (low, high) != old):
            raise ValueError(f"is not wider than {old}")
        return low, high

    @staticmethod
    def _raised(new, old):
        if old is None or type(new) is not int or new <= old:
            raise ValueError(f"is not more than {old}")
        return new - old


UNCHANGED = Relaxation()


class Plan:
    """Placements side by side, and what they use together."""

    def __init__(self, problem):
        self.problem = problem
        self.placements = {}
        self.calendar = defaultdict(list)                    # person -> attendances
        self.tracks_of = defaultdict(dict)                   # person -> {track: whether pinned to a role of it}
        self.away = defaultdict(lambda: defaultdict(Counter))    # limited school -> day -> {who, or None: times}
        self.pinned_away = defaultdict(lambda: defaultdict(Counter))         # the same, of what is pinned
        self.used = defaultdict(list)                        # room -> (start, end, pinned)

    def add(self, placement, times=1):
        """Adds a placement, or with `times` -1 takes away the one added last."""
        problem, track = self.problem, placement.track
        if times > 0:
            self.placements[track.id] = placement
        else:
            del self.placements[track.id]
        for person, attendance in placement.attendances():
            calendar = self.calendar[person]
            calendar.append(attendance) if times > 0 else calendar.remove(attendance)
        for person in placement.members:
            if times > 0:
                pinned = any(person in people for people in track.pinned_team.values())
                self.tracks_of[person][track.id] = pinned
            else:
                del self.tracks_of[person][track.id]
        for school, day, who, pinned in self.absences(placement):
            self.away[school][day][who] += times
            self.pinned_away[school][day][who] += times * pinned
        for stage in track.stages:
            if stage.room is not None:
                start = placement.starts[stage.id]
                use = start, start + stage.slots, stage.id in track.pinned_starts
                self.used[stage.room].append(use) if times > 0 else self.used[stage.room].remove(use)

    def absences(self, placement):
        """Yields (limited school, its day, who is away or None for hosting, whether pinned)."""
        problem, track = self.problem, placement.track
        for person, attendance in placement.attendances():
            who = problem.people[person]
            if attendance.by_role and problem.schools.get(who.school) is not None:
                yield who.school, problem.day(attendance.start, who.offset), person, attendance.pinned
        if problem.schools.get(track.school) is not None:
            for stage in track.stages:
                day = problem.day(placement.starts[stage.id], track.offset)
                yield track.school, day, None, stage.id in track.pinned_starts

    # --- rules of one track: 1, 2, 3, 5, 6, 9 ---

    def breaches_of_track(self, placement, relaxation=UNCHANGED):
        """Yields (rule, sentence) for what a placement breaks by itself."""
        problem, track = self.problem, placement.track
        for stage in track.stages:
            start = placement.starts[stage.id]
            if stage.id not in track.pinned_starts:
                yield from self._breaches_of_start(track, stage, start, relaxation)
            elif start != track.pinned_starts[stage.id]:
                yield 9, f"{stage.id} starts at {start}, but is pinned to {track.pinned_starts[stage.id]}"
        for person, attendance in placement.attendances():
            free = problem.people[person].free
            if not attendance.pinned and not free.cover(attendance.start, attendance.end):
                more = relaxation.free.get(("person", person))
                if not more or not free.united(more).cover(attendance.start, attendance.end):
                    yield 2, f"{person} is not free for {attendance.stage} [{attendance.start}, {attendance.end})"
        for before, stage in zip(track.stages, track.stages[1:]):
            if before.id in track.pinned_starts and stage.id in track.pinned_starts:
                continue
            earlier, later = placement.starts[before.id], placement.starts[stage.id]
            if later < earlier + before.slots:
                yield 3, f"{stage.id} starts at {later}, before {before.id} ends"
            gap = track.elapsed(problem.day(earlier, track.offset), problem.day(later, track.offset))
            least, most = relaxation.gap.get(stage.id, stage.gap)
            if not least <= gap <= most:
                yield 3, f"{stage.id} is {gap} open days after {before.id}, allowed are {least} to {most}"
        yield from self._breaches_of_team(placement, relaxation)

    def _breaches_of_start(self, track, stage, start, relaxation):
        problem, end = self.problem, start + stage.slots
        window = relaxation.window.get(stage.id, stage.window)
        if start % stage.start_every:
            yield 1, f"{stage.id} starts at {start}, no multiple of {stage.start_every}"
        if not window[0] <= start <= end <= window[1]:
            yield 1, f"{stage.id} [{start}, {end}) leaves its window {list(window)}"
        if stage.free is not None and not stage.free.cover(start, end):
            more = relaxation.free.get(("stage", stage.id), [])
            if not stage.free.united(more).cover(start, end):
                yield 1, f"{stage.id} [{start}, {end}) is not inside one interval of its free times"
        first, last = problem.day(start, track.offset), problem.day(end - 1, track.offset)
        if first != last:
            yield 1, f"{stage.id} [{start}, {end}) goes over midnight"
        if stage.days is not None and first not in stage.days and (stage.id, first) not in relaxation.day:
            yield 1, f"{stage.id} is on day {first}, which is not one of its days"

    def _breaches_of_team(self, placement, relaxation):
        people, track = self.problem.people, placement.track
        seats = [(person, role, person in track.pinned_team.get(role, ()))
                 for role, members in placement.team.items() for person in members]
        for role, members in placement.team.items():
            if len(members) != track.roles[role]:
                yield 5, f"{role} has {len(members)} people and needs {track.roles[role]}"
            if len(set(members)) < len(members):
                yield 5, f"{role} has somebody twice"
            for person in track.pinned_team.get(role, ()):
                if person not in members:
                    yield 9, f"{person} is pinned to {role} and does not fill it"
        for person, role, pinned in seats:
            if pinned:
                continue
            if role not in people[person].qualifications and (person, role) not in relaxation.qualified:
                yield 5, f"{person} is not qualified as {role}"
            if track.school is not None and people[person].school == track.school:
                yield 5, f"{person} is of the host school"
            if person in track.excluded:
                yield 5, f"{person} is excluded"
            if person in track.everyone_required:
                yield 5, f"{person} is required and fills {role}"
        for stage in (stage for stage in track.stages if stage.in_person):
            invited = {person for role in stage.roles for person in track.pinned_team.get(role, ())}
            for person in placement.by_role(stage) - invited:
                if people[person].region != track.region:
                    yield 6, f"{person} would have to come to {stage.id} from another region"
        for person in {p for p, _, _ in seats}:
            own = [pinned for p, _, pinned in seats if p == person]
            if len(own) > 1 and not all(own):
                yield 5, f"{person} has {len(own)} seats"
        if track.distinct_schools:
            schools = defaultdict(dict)
            for person, _, pinned in seats:
                if people[person].school is not None:
                    school = schools[people[person].school]
                    school[person] = school.get(person, True) and pinned
            for school, members in schools.items():
                if len(members) > 1 and not all(members.values()):
                    yield 5, f"{len(members)} people are of {school}"

    # --- rules that tracks share: 4, 7, 8 ---

    def breaches_of_person(self, name, relaxation=UNCHANGED, track=None):
        """Yields (rule, sentence) for a person's clashes (with a track, those with its sessions) and load."""
        problem, person = self.problem, self.problem.people[name]
        calendar = sorted(self.calendar[name], key=lambda a: (a.start, a.end, a.track, a.stage))
        for index, one in enumerate(calendar):
            for other in calendar[index + 1:]:
                if other.start >= one.end + problem.buffer:
                    break
                if not (one.pinned and other.pinned) and track in (None, one.track, other.track):
                    yield 4, f"{name} has {one.track}/{one.stage} and {other.track}/{other.stage} at {other.start}"
        days = [(problem.day(a.start, person.offset), a.pinned) for a in calendar]
        weeks = [(problem.week(day), pinned) for day, pinned in days]
        tracks = [("all", pinned) for pinned in self.tracks_of[name].values()]
        for limit, entries in (("maxTracks", tracks), ("maxPerDay", days), ("maxPerWeek", weeks)):
            most = relaxation.limit.get((name, None, limit), person.limits[limit])
            if most is not None:
                pins = Counter(key for key, pinned in entries if pinned)
                for key, count in Counter(key for key, _ in entries).items():
                    if count > max(most, pins[key]):
                        yield 7, f"{name} has {count} in {key}, {limit} is {most}"

    def breaches_of_school(self, school, relaxation=UNCHANGED, days=None):
        """Yields (rule, sentence) for the days on which a limited school has too many away."""
        most = relaxation.limit.get((None, school, "maxPerDay"), self.problem.schools[school])
        for day in list(self.away[school]) if days is None else days:
            count = sum(times > 0 for times in self.away[school][day].values())
            if count > max(most, sum(times > 0 for times in self.pinned_away[school][day].values())):
                yield 7, f"{school} has {count} away or hosting on day {day}, maxPerDay is {most}"

    def breaches_of_room(self, room, relaxation=UNCHANGED, within=None):
        """Yields (rule, sentence) for the slots in which a room is too full."""
        spans = [u for u in self.used[room] if within is None or any(u[0] < e and s < u[1] for s, e in within)]
        raised = [r for r in relaxation.room if r[0] == room]
        edges = sorted({e for span in spans for e in span[:2]} | {e for r in raised for e in r[1:3]})
        load, pins = Counter(), Counter()
        for start, end, pinned in spans:
            load[start] += 1
            load[end] -= 1
            pins[start] += pinned
            pins[end] -= pinned
        count = pinned = 0
        for slot in edges:
            count, pinned = count + load[slot], pinned + pins[slot]
            if within is not None and not any(s <= slot < e for s, e in within):
                continue
            most = max([self.problem.rooms[room]] + [c for _, s, e, c in raised if s <= slot < e])
            if count > max(most, pinned):
                yield 8, f"{room} has {count} sessions at {slot}, capacity is {most}"

    def breaches(self):
        """Yields (rule, where, sentence) for everything."""
        for name, placement in self.placements.items():
            yield from ((rule, name, text) for rule, text in self.breaches_of_track(placement))
        for name in list(self.calendar.keys() | self.tracks_of.keys()):
            yield from ((rule, name, text) for rule, text in self.breaches_of_person(name))
        for school in list(self.away):
            yield from ((rule, school, text) for rule, text in self.breaches_of_school(school))
        for room in list(self.used):
            yield from ((rule, room, text) for rule, text in self.breaches_of_room(room))

    def breaches_with(self, placement, relaxation):
        """What breaks, under a relaxation, when a placement is added: everything that it touches."""
        found = list(self.breaches_of_track(placement, relaxation))
        self.add(placement)
        for person in placement.members | {person for person, _ in placement.attendances()}:
            found += self.breaches_of_person(person, relaxation, placement.track.id)
        days = defaultdict(set)
        for school, day, _, _ in self.absences(placement):
            days[school].add(day)
        for school, touched in days.items():
            found += self.breaches_of_school(school, relaxation, touched)
        spans = defaultdict(list)
        for stage in placement.track.stages:
            if stage.room is not None:
                spans[stage.room].append((placement.starts[stage.id], placement.starts[stage.id] + stage.slots))
        for room, touched in spans.items():
            found += self.breaches_of_room(room, relaxation, touched)
        self.add(placement, -1)
        return found

    # --- the score ---

    def unscheduled(self):
        """The priorities of the tracks that are not scheduled."""
        return sum(track.priority for track in self.problem.tracks.values() if track.id not in self.placements)

    def cost(self):
        """The cost by term."""
        problem, weights, terms = self.problem, self.problem.weights, Counter()
        seats, pairs = Counter(), set()
        for placement in self.placements.values():
            track, team = placement.track, [problem.people[person] for person in placement.members]
            for stage in track.stages:
                span = placement.starts[stage.id], placement.starts[stage.id] + stage.slots
                terms["avoid"] += stage.avoid.between(*span)
                attendees = stage.required | placement.by_role(stage)
                terms["avoid"] += sum(problem.people[person].avoid.between(*span) for person in attendees)
                terms["optional"] += sum(not problem.people[p].free.cover(*span) for p in track.optional)
            terms["theme"] += bool(team) and track.theme is not None and all(track.theme not in p.themes for p in team)
            terms["outside"] += bool(team) and track.wants_outside and all(p.region == track.region for p in team)
            terms["repeat"] += len(placement.members & track.previous)
            first, last = (problem.day(placement.starts[track.stages[i].id], track.offset) for i in (0, -1))
            terms["elapsed"] += track.elapsed(first, last)
            terms["move"] += sum(placement.starts.get(s) != start for s, start in track.published_starts.items())
            terms["swap"] += sum(p not in placement.team.get(role, ())
                                 for role, people in track.published_team.items() for p in people)
            seats.update(p.school for p in team if p.school is not None)
            pairs.update((p.school, track.school) for p in team if None not in (p.school, track.school))
        terms["load"] = sum(len(tracks)**2 for tracks in self.tracks_of.values())
        terms["balance"] = sum(count**2 for count in seats.values())
        terms["reciprocal"] = sum(one < other and (other, one) in pairs for one, other in pairs)
        return {name: count * weights.get(name, 1) for name, count in terms.items()}


def breaches_of_repairs(plan, track, repairs):
    """Yields a sentence for everything that is wrong with the repairs of an unscheduled track."""
    best = (0, 0)
    for number, repair in enumerate(repairs if isinstance(repairs, list) else [None], 1):
        try:
            placement = Placement(plan.problem, track, repair)
            items = repair.get("relax")
            if not isinstance(items, list) or not 1 <= len(items) <= 3:
                raise Unusable("has not one to three relaxations")
            relaxation = Relaxation.of(plan.problem, placement, items)
            for rule, text in plan.breaches_with(placement, relaxation):
                yield f"repair {number} still breaks rule {rule}: {text}"
            for index in range(len(items)):
                rest = Relaxation.of(plan.problem, placement, items[:index] + items[index + 1:])
                if not plan.breaches_with(placement, rest):
                    yield f"repair {number} does not need its relaxation {index + 1}"
        except Unusable as error:
            yield f"repair {number} {error}"
            continue
        if (len(items), relaxation.size) < best:
            yield f"repair {number} is better than the one before it"
        best = len(items), relaxation.size


def entries(solution, key, name):
    """Yields (id, entry) of a list of the solution."""
    listed = solution.get(key) if isinstance(solution, dict) else None
    for entry in listed if isinstance(listed, list) else []:
        yield (entry.get(name) if isinstance(entry, dict) else None), entry


def examine(problem, solution):
    """The plan of a solution, and its violations as (rule, where, sentence)."""
    plan, seen, found = Plan(problem), Counter(), []
    left = {}
    for name, entry in entries(solution, "tracks", "id"):
        track = problem.tracks.get(name) if isinstance(name, str) else None
        if track is None:
            found.append(("shape", f"{name}", "is no track of the problem"))
            continue
        seen[name] += 1
        if seen[name] > 1:
            continue
        try:
            plan.add(Placement(problem, track, entry))
        except Unusable as error:
            found.append(("shape", name, str(error)))
    for name, entry in entries(solution, "unscheduled", "track"):
        if not isinstance(name, str) or name not in problem.tracks:
            found.append(("shape", f"{name}", "is no track of the problem"))
            continue
        seen[name] += 1
        left[name] = entry.get("repairs") or []
    found += [("shape", name, f"stands {seen[name]} times") for name in problem.tracks if seen[name] != 1]
    found += plan.breaches()
    for name, repairs in left.items():
        if name not in plan.placements:
            found += [("repair", name, text) for text in breaches_of_repairs(plan, problem.tracks[name], repairs)]
    score = {"unscheduled": plan.unscheduled(), "cost": sum(plan.cost().values())}
    told = solution.get("score") if isinstance(solution, dict) else None
    for key, value in score.items():
        if not isinstance(told, dict) or told.get(key) != value:
            found.append(("score", key, f"is {value}, not {told.get(key) if isinstance(told, dict) else None}"))
    return plan, score, found


def main(arguments):
    """The command line."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    try:
        problem = Problem.read(arguments[0])
    except Malformed as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 2
    try:
        with open(arguments[1], encoding="utf-8") as file:
            solution = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        print(f"shape\t{arguments[1]}\tis no JSON file that can be read: {error}")
        return 1
    plan, score, found = examine(problem, solution)
    for rule, where, sentence in found:
        print(f"{rule}\t{where}\t{sentence}")
    print(" ".join(f"{name} {value}" for name, value in plan.cost().items() if value))
    print(f"{'INVALID' if found else 'valid'}: unscheduled {score['unscheduled']}, cost {score['cost']}, "
          f"{len(plan.placements)} of {len(problem.tracks)} tracks")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
