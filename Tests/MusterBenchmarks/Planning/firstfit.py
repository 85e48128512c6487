"""A plan by first fit: legal, quick to find and not cheap. Published plans are made so, and the peer begins so."""
from collections import Counter, defaultdict

from score import UNCHANGED, Placement, Plan


def starts_within(spans, slots):
    """The starts at which a session of some slots fits into an interval, as a bit set."""
    mask = 0
    for start, end in spans:
        if end - start >= slots:
            mask |= (1 << (end - slots + 1)) - (1 << start)
    return mask


def bits(mask):
    """The members of a bit set, in order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Times:
    """Bit sets of the starts at which people are free and stages allowed."""

    def __init__(self, problem):
        self.problem, self._free = problem, {}

    def free(self, person, slots):
        """Where somebody's free time has room for a session."""
        key = person, slots
        if key not in self._free:
            self._free[key] = starts_within(self.problem.people[person].free.spans, slots)
        return self._free[key]

    def allowed(self, track, stage):
        """Where rule 1 allows a stage, and everybody required for it is free; a pin allows one start."""
        problem = self.problem
        if stage.id in track.pinned_starts:
            return 1 << track.pinned_starts[stage.id]
        mask = starts_within([stage.window], stage.slots)
        if stage.free is not None:
            mask &= starts_within(stage.free.spans, stage.slots)
        last = (problem.horizon - 1 + track.offset) // problem.day_slots
        days = range(track.offset // problem.day_slots, last + 1)
        spans = ((day * problem.day_slots - track.offset, (day + 1) * problem.day_slots - track.offset) for day in days
                 if stage.days is None or day in stage.days)
        mask &= starts_within([(max(0, start), end) for start, end in spans], stage.slots)
        for person in sorted(stage.required):
            mask &= self.free(person, stage.slots)
        if stage.start_every > 1:
            mask &= sum(1 << start for start in range(0, problem.horizon, stage.start_every))
        return mask


class FirstFit:
    """Places tracks one after another, each at the first start with the first team that is legal."""

    def __init__(self, problem, times=None, choices=12):
        self.problem, self.plan, self.choices = problem, Plan(problem), choices
        self.times = times or Times(problem)
        self.qualified = defaultdict(list)
        for person in problem.people.values():
            for role in sorted(person.qualifications):
                self.qualified[role].append(person.id)
        self.union = {}
        self.on_day, self.in_week = defaultdict(Counter), defaultdict(Counter)

    def run(self):
        """The plan of all tracks for which something was found."""
        order = sorted(self.problem.tracks.values(), key=lambda t: (not t.pinned_starts, -t.priority, t.id))
        for track in order:
            self.insert(track)
        return self.plan

    def insert(self, track):
        """Adds a track where it is published, or else where it finds a place."""
        if self._is_whole(track) and self._settle(track, track.published_starts, track.published_team):
            return True
        allowed = {stage.id: self.times.allowed(track, stage) for stage in track.stages}
        team = {role: list(track.pinned_team.get(role, ())) for role in track.roles}
        self.steps = 400
        return self._next(track, allowed, 0, {}, team)

    def _is_whole(self, track):
        """Whether what is published is a whole placement, of people and roles that there still are."""
        return (track.published_starts.keys() == {stage.id for stage in track.stages}
                and track.published_team.keys() <= track.roles.keys()
                and all(person in self.problem.people for team in track.published_team.values() for person in team))

    def _next(self, track, allowed, index, starts, team):
        """Places the stages from one on, or says that it found nothing."""
        if index == len(track.stages):
            return self._settle(track, starts, team)
        stage, problem = track.stages[index], self.problem
        mask = allowed[stage.id]
        if index:
            before = track.stages[index - 1]
            mask &= -1 << starts[before.id] + before.slots
        for person in {p for role in stage.roles for p in team[role]} - stage.required:
            if not track.is_pinned(stage, person):
                mask &= self.times.free(person, stage.slots)
        for role in stage.roles:
            if len(team[role]) < track.roles[role]:
                mask &= self._anybody(role, stage.slots)
        tried = Counter()
        for start in bits(mask):
            if self.steps <= 0:
                return False
            day = problem.day(start, track.offset)
            if index:
                gap = track.elapsed(problem.day(starts[before.id], track.offset), day)
                if not {before.id, stage.id} <= track.pinned_starts.keys() and not stage.gap[0] <= gap <= stage.gap[1]:
                    if gap > stage.gap[1]:
                        break
                    continue
            if tried[day] >= 3 or len(tried) > self.choices:
                continue
            tried[day] += 1
            self.steps -= 1
            filled = self._fill(track, index, start, starts, team)
            if filled and self._next(track, allowed, index + 1, {**starts, stage.id: start}, filled):
                return True
        return False

    def _fill(self, track, index, start, starts, team):
        """The team with the empty seats of a stage filled by people who can come, or nothing if that cannot be."""
        stage, team = track.stages[index], {role: list(people) for role, people in team.items()}
        if not self._has_room(track, stage, start):
            return None
        fillers = {p for role in stage.roles for p in team[role]}
        for person in stage.required | fillers:
            if not track.is_pinned(stage, person) and not self._can_come(stage, start, person, person in fillers):
                return None
        for role in stage.roles if any(len(team[role]) < track.roles[role] for role in stage.roles) else ():
            for person in sorted(self.qualified[role], key=lambda p: len(self.plan.tracks_of[p])):
                if len(team[role]) >= track.roles[role]:
                    break
                if self._may_fill(track, role, person, team) and self.times.free(person, stage.slots) >> start & 1 \
                        and self._can_come(stage, start, person, True):
                    team[role].append(person)
            if len(team[role]) < track.roles[role]:
                return None
        return team

    def _anybody(self, role, slots):
        """Where at least one who is qualified for a role is free for a session."""
        key = role, slots
        if key not in self.union:
            self.union[key] = 0
            for person in self.qualified[role]:
                self.union[key] |= self.times.free(person, slots)
        return self.union[key]

    def _has_room(self, track, stage, start):
        """Whether room and host school can take one more session then."""
        problem, end = self.problem, start + stage.slots
        if stage.id in track.pinned_starts:
            return True
        if stage.room is not None:
            if sum(s < end and start < e for s, e, _ in self.plan.used[stage.room]) >= problem.rooms[stage.room]:
                return False
        return self._can_spare(track.school, problem.day(start, track.offset), None)

    def _may_fill(self, track, role, name, team):
        """Whether somebody may fill a role at all."""
        problem, person = self.problem, self.problem.people[name]
        members = {p for people in team.values() for p in people}
        if name in members or name in track.excluded or name in track.everyone_required:
            return False
        if person.school is not None and (person.school == track.school or track.distinct_schools and any(
                problem.people[p].school == person.school for p in members)):
            return False
        if person.region != track.region and any(s.in_person and role in s.roles for s in track.stages):
            return False
        most = person.limits["maxTracks"]
        return most is None or len(self.plan.tracks_of[name]) < most

    def _can_come(self, stage, start, name, by_role):
        """Whether somebody's other sessions, and school, leave time for a session."""
        problem, person = self.problem, self.problem.people[name]
        day, end = problem.day(start, person.offset), start + stage.slots + problem.buffer
        for limit, key, count in (("maxPerDay", day, self.on_day), ("maxPerWeek", problem.week(day), self.in_week)):
            if person.limits[limit] is not None and count[name][key] >= person.limits[limit]:
                return False
        if any(a.start < end and start < a.end + problem.buffer for a in self.plan.calendar[name]):
            return False
        return not by_role or self._can_spare(person.school, day, name)

    def _can_spare(self, school, day, who):
        """Whether a school may have one more person away on a day."""
        most = self.problem.schools.get(school)
        if most is None:
            return True
        away = +self.plan.away[school][day]
        return who in away or len(away) < most

    def _settle(self, track, starts, team):
        """Keeps a whole placement if it breaks no rule beside the others."""
        problem, placement = self.problem, Placement(self.problem, track, {"starts": starts, "team": team})
        if self.plan.breaches_with(placement, UNCHANGED):
            return False
        self.plan.add(placement)
        for person, attendance in placement.attendances():
            day = problem.day(attendance.start, problem.people[person].offset)
            self.on_day[person][day] += 1
            self.in_week[person][problem.week(day)] += 1
        return True
