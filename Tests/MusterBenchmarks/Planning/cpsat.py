#!/usr/bin/env python3
"""The peer: OR-Tools' CP-SAT on the exchange format.

    cpsat.py PROBLEM --seconds N [--workers N] [--seed N] -o SOLUTION

Begins with the plan of firstfit.py and improves it by large neighbourhood search: an exact model of some related tracks
at a time, the others as they stand, of their teams, of their starts or of both, with the most promising people and, of
each day, the starts that are best for somebody. Where there are few tracks the rest of the time goes to the model of
all of them, of everybody and every start, which may prove its plan the best. Prints one line of JSON: the score, the
bound, and when each better plan was found.

Two things are stricter here than in the format, which matters to hardly any plan: what is pinned is taken as booked
though its track may stay out, and a school's limit counts somebody twice who has two sessions on one day.
"""
import argparse
import json
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass

from ortools.sat.python import cp_model

from firstfit import FirstFit, Times, bits
from problem import Problem
from score import Placement, Plan

TRACK = 1_000_000                            # what a track left out costs in a model, by its priority
WHOLE = 24                                   # tracks of the largest problem that is also modelled whole


class Bookings:
    """What the placements outside a model, and the pins inside it, take of people, schools and rooms."""

    def __init__(self, problem, placements, tracks):
        self.problem = problem
        self.busy, self.days, self.weeks = defaultdict(list), defaultdict(Counter), defaultdict(Counter)
        self.away, self.rooms = defaultdict(lambda: defaultdict(set)), defaultdict(Counter)
        self.tracks, self.seats, self.helps = Counter(), Counter(), set()
        for placement in placements:
            track = placement.track
            for person, attendance in placement.attendances():
                self._book(person, attendance.start, attendance.end, attendance.by_role)
            for stage in track.stages:
                self._host(track, stage, placement.starts[stage.id])
            for person in placement.members:
                self.count(track, person)
        for track in tracks:
            for stage in track.stages:
                if stage.id in track.pinned_starts:
                    start = track.pinned_starts[stage.id]
                    self._host(track, stage, start)
                    fillers = {p for role in stage.roles for p in track.pinned_team.get(role, ())}
                    for person in stage.required | fillers:
                        self._book(person, start, start + stage.slots, person in fillers)

    def _book(self, name, start, end, by_role):
        person = self.problem.people[name]
        day = self.problem.day(start, person.offset)
        self.busy[name].append((start, end))
        self.days[name][day] += 1
        self.weeks[name][self.problem.week(day)] += 1
        if by_role and self.problem.schools.get(person.school) is not None:
            self.away[person.school][day].add(name)

    def _host(self, track, stage, start):
        if stage.room is not None:
            self.rooms[stage.room].update(range(start, start + stage.slots))
        if self.problem.schools.get(track.school) is not None:
            self.away[track.school][self.problem.day(start, track.offset)].add(None)

    def count(self, track, name):
        """Counts a seat of a team."""
        school = self.problem.people[name].school
        self.tracks[name] += 1
        if school is not None:
            self.seats[school] += 1
            if track.school is not None:
                self.helps.add((school, track.school))

    def blocked(self, name, slots, by_role):
        """The starts at which somebody cannot have one more session, as a bit set."""
        problem, person = self.problem, self.problem.people[name]
        mask = 0
        for start, end in self.busy[name]:
            mask |= self._range(start - problem.buffer - slots + 1, end + problem.buffer)
        days = {day for day, count in self.days[name].items() if self._is_full(count, person.limits["maxPerDay"])}
        for week, count in self.weeks[name].items():
            if self._is_full(count, person.limits["maxPerWeek"]):
                days.update(range(week * 7 - problem.weekday, week * 7 - problem.weekday + 7))
        if by_role:
            days |= self.full_days(person.school, name)
        return mask | self.on_days(days, person.offset)

    def full_days(self, school, who):
        """The days on which a school can spare nobody more."""
        most = self.problem.schools.get(school)
        return set() if most is None else {
            day for day, away in self.away[school].items() if len(away) >= most and who not in away}

    def full_room(self, stage):
        """The starts at which a room has no place for a session, as a bit set."""
        mask, most = 0, self.problem.rooms.get(stage.room, 0)
        for slot, count in self.rooms[stage.room].items() if stage.room is not None else ():
            if count >= most:
                mask |= self._range(slot - stage.slots + 1, slot + 1)
        return mask

    def on_days(self, days, offset):
        """The slots of some local days, as a bit set."""
        length, mask = self.problem.day_slots, 0
        for day in days:
            mask |= self._range(day * length - offset, (day + 1) * length - offset)
        return mask

    @staticmethod
    def _is_full(count, most):
        return most is not None and count >= most

    @staticmethod
    def _range(start, end):
        return (1 << max(end, 0)) - (1 << max(start, 0)) if end > 0 else 0


@dataclass(frozen=True)
class Freedom:
    """What a model may change of tracks that stand, and how many people it looks at (None: all, and every start)."""
    starts: bool = True
    team: bool = True
    candidates: int | None = None
    tracks: float = 0                        # how many tracks at a time, to begin with


WHOLE_FREEDOM = Freedom()
# Who and when together are a product, which is hard for this solver; each alone is nearly a linear problem.
NEIGHBOURHOODS = {"both": Freedom(candidates=6, tracks=1), "team": Freedom(starts=False, candidates=40, tracks=6),
                  "starts": Freedom(team=False, candidates=40, tracks=4)}


class Model:
    """The exact model of some tracks beside placements that stand."""

    def __init__(self, problem, times, tracks, others, current, freedom=WHOLE_FREEDOM, noise=None):
        self.problem, self.times, self.tracks, self.current = problem, times, tracks, current
        self.freedom, self.most, self.noise = freedom, freedom.candidates, noise
        self.booked = Bookings(problem, others, tracks)
        self.model, self.cost = cp_model.CpModel(), []
        self.sched, self.start, self.on_day, self.seat = {}, {}, {}, {}
        self.sessions, self.members = defaultdict(list), defaultdict(list)
        self.days_away, self.in_room = defaultdict(list), defaultdict(list)
        self.school_seats, self.helps = defaultdict(list), defaultdict(list)
        self._masks, self._day_vars, self._prices = {}, {}, {}
        for track in tracks:
            self._add(track)
        self._share_people()
        self._share_schools()
        self._share_rooms()

    # --- one track ---

    def _add(self, track):
        model, weights = self.model, self.problem.weights
        sched = self.sched[track.id] = model.new_bool_var("")
        self.cost.append(TRACK * track.priority * (1 - sched))
        masks = {stage.id: self._allowed(track, stage) for stage in track.stages}
        pinned = {person for people in track.pinned_team.values() for person in people}
        candidates = {role: self._candidates(track, role, pinned, masks) for role in track.roles}
        for stage in track.stages:
            who = {person for role in stage.roles for person in candidates[role]}
            self._add_stage(track, stage, sched, self._own_costs(track, stage, masks[stage.id]), who)
        for before, stage in zip(track.stages, track.stages[1:]):
            self._add_order(track, before, stage)
        first, last = track.stages[0], track.stages[-1]
        if {first.id, last.id} <= track.pinned_starts.keys():
            days = [self.problem.day(track.pinned_starts[stage.id], track.offset) for stage in (first, last)]
            self.cost.append(weights["elapsed"] * track.elapsed(*days) * sched)
        elif first is not last:
            for stage, sign in ((first, -1), (last, 1)):
                self.cost += [sign * weights["elapsed"] * track.opened(day) * literal
                              for day, literal in self.on_day[track.id, stage.id].items()]
        self._add_team(track, sched, candidates)
        for stage, start in track.published_starts.items():
            self.cost.append(weights["move"] * (sched - self.start.get((track.id, stage), {}).get(start, 0)))
        for role, people in track.published_team.items():
            self.cost += [weights["swap"] * (sched - self.seat.get((track.id, role, person), 0)) for person in people]

    def _allowed(self, track, stage):
        """The starts at which the track and those whom it requires can, as a bit set."""
        if not self.freedom.starts and track.id in self.current:
            return 1 << self.current[track.id].starts[stage.id]
        booked, mask = self.booked, self.times.allowed(track, stage)
        if stage.id not in track.pinned_starts:
            for person in stage.required:
                mask &= self._open(person, stage.slots, False)
            mask &= ~booked.full_room(stage)
            mask &= ~booked.on_days(booked.full_days(track.school, None), track.offset)
        return mask

    def _own_costs(self, track, stage, mask):
        """What each start costs, whoever fills the roles."""
        problem, costs = self.problem, {}
        for start in bits(mask):
            span = start, start + stage.slots
            costs[start] = stage.avoid.between(*span)
            costs[start] += sum(problem.people[p].avoid.between(*span) for p in stage.required)
            costs[start] += problem.weights["optional"] * sum(
                not problem.people[p].free.cover(*span) for p in track.optional)
        return costs

    def _promising(self, track, stage, costs, who):
        """The starts of a day that no other start of the day beats for everybody, and those that stand or stood."""
        who, kept = sorted(who), {track.published_starts.get(stage.id)}
        if track.id in self.current:
            kept.add(self.current[track.id].starts[stage.id])
        days = defaultdict(dict)
        for start, cost in costs.items():
            prices = [self._price(person, start, stage.slots)
                      if self._open(person, stage.slots, True) >> start & 1 else TRACK for person in who]
            days[self.problem.day(start, track.offset)].setdefault((cost, *prices), start)
        for prices in days.values():
            kept.update(start for mine, start in prices.items() if not any(
                other is not mine and all(a <= b for a, b in zip(other, mine)) for other in prices))
        return {start: cost for start, cost in costs.items() if start in kept}

    def _price(self, name, start, slots):
        """What a start costs somebody."""
        key = name, start, slots
        if key not in self._prices:
            self._prices[key] = self.problem.people[name].avoid.between(start, start + slots)
        return self._prices[key]

    def _add_stage(self, track, stage, sched, costs, who):
        """A literal for every start, and one for every day."""
        model, problem = self.model, self.problem
        if self.most is not None:
            costs = self._promising(track, stage, costs, who)
        starts = self.start[track.id, stage.id] = {start: model.new_bool_var("") for start in costs}
        model.add_exactly_one([*starts.values(), ~sched])
        by_day = defaultdict(list)
        for start, literal in starts.items():
            by_day[problem.day(start, track.offset)].append(literal)
            if costs[start]:
                self.cost.append(costs[start] * literal)
        days = self.on_day[track.id, stage.id] = {}
        for day, literals in by_day.items():
            days[day] = literals[0] if len(literals) == 1 else model.new_bool_var("")
            if len(literals) > 1:
                model.add(sum(literals) == days[day])
        if stage.id in track.pinned_starts:
            return
        for person in stage.required:
            self.sessions[person].append((track, stage, sched))
        if problem.schools.get(track.school) is not None:
            self.days_away[track.school].append((track, stage, sched, track.offset))
        if stage.room is not None:
            self.in_room[stage.room].append((track, stage, sched))

    def _add_order(self, track, before, stage):
        """A day of a stage asks for one of the days of the stage before that are near enough."""
        if {before.id, stage.id} <= track.pinned_starts.keys():
            return
        earlier, later = self.on_day[track.id, before.id], self.on_day[track.id, stage.id]
        for days, others, is_later in ((later, earlier, True), (earlier, later, False)):
            for day, literal in days.items():
                def fits(other):
                    first, last = (other, day) if is_later else (day, other)
                    return first <= last and stage.gap[0] <= track.elapsed(first, last) <= stage.gap[1]
                self.model.add_bool_or([*(other for at, other in others.items() if fits(at)), ~literal])
        if earlier.keys() & later.keys() and stage.gap[0] == 0:
            ends = sum((start + before.slots) * literal for start, literal in self.start[track.id, before.id].items())
            self.model.add(ends <= sum(start * y for start, y in self.start[track.id, stage.id].items()))

    def _add_team(self, track, sched, candidates):
        """A literal for everybody who may fill a role, and what the team costs."""
        model, problem, weights = self.model, self.problem, self.problem.weights
        pinned = {person for people in track.pinned_team.values() for person in people}
        roles_of = defaultdict(dict)
        for role, count in track.roles.items():
            pins = track.pinned_team.get(role, ())
            for person in pins:
                roles_of[person][role] = self.seat[track.id, role, person] = sched
            for person in candidates[role]:
                roles_of[person][role] = self.seat[track.id, role, person] = model.new_bool_var("")
            model.add(sum(roles_of[person][role] for person in [*pins, *candidates[role]]) == count * sched)
        members, schools, attends = {}, defaultdict(list), defaultdict(dict)
        for name, roles in roles_of.items():
            person = problem.people[name]
            members[name] = sched if name in pinned else self._any(list(roles.values()))
            self.members[name].append((members[name], name in pinned))
            if person.school is not None:
                schools[person.school].append((members[name], name in pinned))
                self.school_seats[person.school].append(members[name])
                if track.school is not None:
                    self.helps[person.school, track.school].append(members[name])
            if name in track.previous:
                self.cost.append(weights["repeat"] * members[name])
            for stage in track.stages:
                here = [literal for role, literal in roles.items() if role in stage.roles]
                if here and name not in stage.required:
                    attends[stage.id][name] = sched if name in pinned else self._any(here)
        for stage in track.stages:
            self._attend(track, stage, attends[stage.id], pinned, sched)
        for same in schools.values() if track.distinct_schools else ():
            if any(is_pinned for _, is_pinned in same):
                model.add_bool_and([~literal for literal, is_pinned in same if not is_pinned])
            else:
                model.add_at_most_one([literal for literal, _ in same])
        if members and track.theme is not None:
            able = [x for p, x in members.items() if track.theme in problem.people[p].themes]
            self._miss(weights["theme"], sched, able)
        if members and track.wants_outside:
            outside = [x for p, x in members.items() if problem.people[p].region != track.region]
            self._miss(weights["outside"], sched, outside)

    def _candidates(self, track, role, pinned, masks):
        """Those who may fill a role and can come to all of its stages; the most promising where there is a limit."""
        problem, weights, booked = self.problem, self.problem.weights, self.booked
        stages = [stage for stage in track.stages if role in stage.roles]
        present = {p for team in self.current[track.id].team.values() for p in team} if track.id in self.current else ()
        found = []
        if track.roles[role] <= len(track.pinned_team.get(role, ())):
            return found
        people = problem.people
        if not self.freedom.team and track.id in self.current:
            people = self.current[track.id].team[role]
        for person in map(problem.people.get, people):
            if (role not in person.qualifications or person.id in pinned or person.id in track.excluded
                    or person.id in track.everyone_required
                    or person.school is not None and person.school == track.school
                    or any(stage.in_person for stage in stages) and person.region != track.region
                    or person.limits["maxTracks"] is not None
                    and booked.tracks[person.id] >= person.limits["maxTracks"]):
                continue
            price = weights["load"] * (2 * booked.tracks[person.id] + 1)
            price += weights["repeat"] * (person.id in track.previous)
            price += weights["balance"] * (2 * booked.seats[person.school] + 1) * (person.school is not None)
            price -= weights["theme"] * (track.theme in person.themes) / 2
            price -= weights["outside"] * (track.wants_outside and person.region != track.region) / 2
            noise = self.noise.random() * 20 if self.noise else 0
            keep = person.id in present or person.id in track.published_team.get(role, ())
            found.append((not keep, price + noise, person.id))
        found.sort()
        able = []
        for _, _, name in found:
            if self.most is not None and len(able) >= self.most:
                break
            if all(self._open(name, stage.slots, True) & masks[stage.id] for stage in stages):
                able.append(name)
        return able

    def _attend(self, track, stage, attends, pinned, sched):
        """Who comes to a stage by a role: free time, and what the time costs them.

        As a transport problem: each start sends as many people as it has seats, each person takes one start. Its
        relaxation is tight, where who and when apart would only be a product; too large for whole problems.
        """
        model, problem, starts = self.model, self.problem, self.start[track.id, stage.id]
        arrivals = defaultdict(list)
        for name, literal in attends.items():
            person, is_pinned = problem.people[name], track.is_pinned(stage, name)
            if not is_pinned:
                self.sessions[name].append((track, stage, literal))
                if problem.schools.get(person.school) is not None:
                    self.days_away[person.school].append((track, stage, literal, person.offset))
            open_at = -1 if is_pinned else self._open(name, stage.slots, True)
            prices = {s: self._price(name, s, stage.slots) for s in starts if open_at >> s & 1}
            if self.most is None or name in pinned:
                self._pay(starts, prices, literal)
                continue
            comes = {start: model.new_bool_var("") for start in prices}
            model.add(sum(comes.values()) == literal)
            for start, here in comes.items():
                arrivals[start].append(here)
                if prices[start]:
                    self.cost.append(prices[start] * here)
        if self.most is not None:
            seats = sum(max(0, track.roles[role] - len(track.pinned_team.get(role, ()))) for role in stage.roles)
            for start, literal in starts.items():
                model.add(sum(arrivals[start]) == seats * literal)

    def _pay(self, starts, prices, attends):
        """The same for one person, by an implication."""
        closed = [literal for start, literal in starts.items() if start not in prices]
        if closed:
            self.model.add_at_most_one([*closed, attends])
        least, most = min(prices.values(), default=0), max(prices.values(), default=0)
        if least:
            self.cost.append(least * attends)
        if most > least:
            extra = self.model.new_int_var(0, most - least, "")
            total = sum((price - least) * starts[start] for start, price in prices.items() if price > least)
            self.model.add(extra >= total).only_enforce_if(attends)
            self.cost.append(extra)

    def _open(self, name, slots, by_role):
        """Where somebody is free and can have one more session beside what is booked."""
        key = name, slots, by_role
        if key not in self._masks:
            self._masks[key] = self.times.free(name, slots) & ~self.booked.blocked(name, slots, by_role)
        return self._masks[key]

    def _any(self, literals):
        """A literal for the sum of literals of which at most one holds."""
        if len(literals) == 1:
            return literals[0]
        literal = self.model.new_bool_var("")
        self.model.add(sum(literals) == literal)
        return literal

    def _miss(self, weight, sched, able):
        """What it costs that nobody on the team is able."""
        if weight:
            missing = self.model.new_bool_var("")
            self.model.add_bool_or([*able, missing, ~sched])
            self.cost.append(weight * missing)

    # --- what tracks share ---

    def _share_people(self):
        """One session at a time, the limits, and the load."""
        model, problem, weights = self.model, self.problem, self.problem.weights
        for name, sessions in self.sessions.items():
            person = problem.people[name]
            if len(sessions) > 1:
                model.add_no_overlap([self._interval(*session, problem.buffer) for session in sessions])
            for unit, booked in (("day", self.booked.days), ("week", self.booked.weeks)):
                most = person.limits[f"maxPer{unit.capitalize()}"]
                if most is not None and len(sessions) + max(booked[name].values(), default=0) > most:
                    items = [self._day(*session, person.offset, unit) for session in sessions]
                    self._limit(items, booked[name], most)
        for name, members in self.members.items():
            most, pins = problem.people[name].limits["maxTracks"], sum(is_pinned for _, is_pinned in members)
            free = [literal for literal, is_pinned in members if not is_pinned]
            before = self.booked.tracks[name]
            if most is not None and len(free) + pins + before > most:
                model.add(sum(free) <= max(0, most - pins - before))
            self._square(weights["load"], [literal for literal, _ in members], before)
        for school, literals in self.school_seats.items():
            self._square(weights["balance"], literals, self.booked.seats[school])
        for one, other in list(self.helps):
            if one < other or (other, one) not in self.helps:
                self._reciprocate(one, other)

    def _reciprocate(self, one, other):
        """What it costs that two schools help each other."""
        weight = self.problem.weights["reciprocal"]
        both = []
        for pair in ((one, other), (other, one)):
            if pair in self.booked.helps:
                continue
            if not self.helps[pair]:
                return
            helps = self.model.new_bool_var("")
            for literal in self.helps[pair]:
                self.model.add_implication(literal, helps)
            both.append(helps)
        if both and weight and one != other:
            mutual = self.model.new_bool_var("")
            self.model.add_bool_or([mutual, *(~helps for helps in both)])
            self.cost.append(weight * mutual)

    def _square(self, weight, literals, before):
        """The growth of a square, as steps that each cost more than the one before."""
        if not weight:
            return
        steps = literals
        if len(literals) > 1:
            steps = [self.model.new_bool_var("") for _ in literals]
            self.model.add(sum(steps) >= sum(literals))
        self.cost += [weight * (2 * (before + index) + 1) * step for index, step in enumerate(steps)]

    def _share_schools(self):
        """No more people away on one day than the school can spare."""
        for school, items in self.days_away.items():
            most, away = self.problem.schools[school], {d: len(who) for d, who in self.booked.away[school].items()}
            if len(items) + max(away.values(), default=0) > most:
                self._limit([self._day(*item, "day") for item in items], away, most)

    def _share_rooms(self):
        """No more sessions in a room than it holds."""
        for room, items in self.in_room.items():
            used, most = self.booked.rooms[room], self.problem.rooms[room]
            if len(items) + max(used.values(), default=0) > most:
                self._limit([self._interval(*item, 0) for item in items], used, most)

    def _limit(self, intervals, used, most):
        """At most so many intervals at once beside what is used; over the limit nothing more fits."""
        fixed, demands = [], []
        for at in sorted(used):
            if used[at] > 0 and most > 0:
                if fixed and fixed[-1][1] == at and demands[-1] == min(used[at], most):
                    fixed[-1][1] = at + 1
                else:
                    fixed.append([at, at + 1])
                    demands.append(min(used[at], most))
        fixed = [self.model.new_fixed_size_interval_var(start, end - start, "") for start, end in fixed]
        self.model.add_cumulative([*intervals, *fixed], [1] * len(intervals) + demands, most)

    def _interval(self, track, stage, literal, buffer):
        """The session of a stage, there when a literal holds."""
        start = self._value(track, stage, "slot", lambda start: start)
        return self.model.new_optional_fixed_size_interval_var(start, stage.slots + buffer, literal, "")

    def _day(self, track, stage, literal, offset, unit):
        """The local day or week of a session, as an interval of length one."""
        day = lambda start: self.problem.day(start, offset)
        value = day if unit == "day" else lambda start: self.problem.week(day(start))
        return self.model.new_optional_fixed_size_interval_var(
            self._value(track, stage, (unit, offset), value), 1, literal, "")

    def _value(self, track, stage, key, value):
        """A variable for something that follows from the start of a stage."""
        key = track.id, stage.id, key
        if key not in self._day_vars:
            values = defaultdict(list)
            for start, literal in self.start[track.id, stage.id].items():
                values[value(start)].append(literal)
            domain = cp_model.Domain.from_values(list(values) or [0])
            variable = self._day_vars[key] = self.model.new_int_var_from_domain(domain, "")
            first = min(values, default=0)
            self.model.add(variable == first + sum((v - first) * sum(ls) for v, ls in values.items() if v != first))
        return self._day_vars[key]

    # --- solving ---

    def solve(self, seconds, workers, seed, found=None):
        """The placements of the best solution, or nothing, and whether it is proved."""
        model, solver = self.model, cp_model.CpSolver()
        for key, starts in self.start.items():
            placement = self.current.get(key[0])
            for start, literal in starts.items():
                model.add_hint(literal, placement is not None and placement.starts[key[1]] == start)
        for (name, role, person), literal in self.seat.items():
            if literal is not self.sched[name]:
                model.add_hint(literal, name in self.current and person in self.current[name].team[role])
        for name, literal in self.sched.items():
            model.add_hint(literal, name in self.current)
        model.minimize(sum(self.cost))
        parameters = solver.parameters
        parameters.max_time_in_seconds = max(seconds, 0.05)
        parameters.num_workers, parameters.random_seed = workers, seed
        if self.most is not None:
            parameters.cp_model_probing_level, parameters.symmetry_level, parameters.linearization_level = 0, 0, 2
        status = solver.solve(model, found(self) if found else None)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False, 0
        return self.placements(solver.boolean_value), status == cp_model.OPTIMAL, solver.best_objective_bound

    def placements(self, holds):
        """The placements that a solution of the model stands for."""
        placements = {}
        for track in self.tracks:
            if holds(self.sched[track.id]):
                starts = {stage.id: next(start for start, y in self.start[track.id, stage.id].items() if holds(y))
                          for stage in track.stages}
                team = {role: [p for (name, r, p), literal in self.seat.items()
                               if name == track.id and r == role and holds(literal)] for role in track.roles}
                placements[track.id] = Placement(self.problem, track, {"starts": starts, "team": team})
        return placements


class Better(cp_model.CpSolverSolutionCallback):
    """Hands every better solution of a model on."""

    def __init__(self, model, keep):
        super().__init__()
        self.model, self.keep = model, keep

    def on_solution_callback(self):
        """Called by the solver."""
        self.keep(self.model.placements(self.boolean_value))


class Peer:
    """The search: a plan, and better ones as long as there is time."""

    def __init__(self, problem, seconds, workers, seed, begin):
        self.problem, self.seconds, self.workers, self.begin = problem, seconds, workers, begin
        self.rng, self.times, self.history, self.bound = random.Random(seed), Times(problem), [], None
        first = FirstFit(problem, self.times)
        self.placements = dict(first.run().placements)
        self.score = first.plan.unscheduled(), sum(first.plan.cost().values())
        self.note()

    def left(self, share=1.0):
        """The seconds that are left of a share of the time."""
        return self.seconds * share - (time.monotonic() - self.begin)

    def note(self):
        """Remembers when the plan became what it is."""
        self.history.append([round(time.monotonic() - self.begin, 2), *self.score])

    def keep(self, placements):
        """Takes a plan if it is better than the one at hand."""
        plan = Plan(self.problem)
        for placement in placements.values():
            plan.add(placement)
        score = plan.unscheduled(), sum(plan.cost().values())
        if score <= self.score:
            self.placements = dict(placements)
            if score < self.score:
                self.score = score
                self.note()

    def run(self):
        """Searches to the end of the time, or to a proof."""
        small = len(self.problem.tracks) <= WHOLE
        self.improve(0.7 if small else 1)
        if small and self.left() > 0.5:
            model = Model(self.problem, self.times, list(self.problem.tracks.values()), [], self.placements)
            _, proved, bound = model.solve(self.left(), self.workers, 1, lambda model: Better(model, self.keep))
            unscheduled, cost = divmod(max(0, round(bound)), TRACK)
            self.bound = {"unscheduled": unscheduled, "cost": cost, "proved": proved}

    def improve(self, share):
        """Solves groups of related tracks, most often in the way that has paid best of late."""
        rng, tracks = self.rng, list(self.problem.tracks.values())
        sizes = {name: freedom.tracks for name, freedom in NEIGHBOURHOODS.items()}
        gains, idle = {name: float("inf") for name in NEIGHBOURHOODS}, 0
        missing = [track for track in tracks if track.id not in self.placements]
        while self.left(share) > 0.2 and idle < 60 + 20 * len(tracks):
            name = max(gains, key=gains.get) if rng.random() < 0.7 else rng.choice(list(NEIGHBOURHOODS))
            name = "both" if missing else name
            group = [missing.pop()] if missing else self.related(tracks, max(1, round(sizes[name])))
            names = {track.id for track in group}
            kept = {track: placement for track, placement in self.placements.items() if track not in names}
            begin, before = time.monotonic(), self.score
            model = Model(
                self.problem, self.times, group, list(kept.values()), self.placements, NEIGHBOURHOODS[name], rng)
            limit = min(self.left(share), 1.0)
            placements, proved, _ = model.solve(limit, self.workers, rng.randrange(1 << 30))
            if placements is not None:
                self.keep({**kept, **placements})
            sizes[name] = min(sizes[name] * 1.1, len(tracks)) if proved else max(sizes[name] * 0.8, 1)
            rate = max(0, before[1] - self.score[1]) / (time.monotonic() - begin)
            if before[0] == self.score[0]:
                gains[name] = rate if gains[name] == float("inf") else 0.8 * gains[name] + 0.2 * rate
            idle = 0 if self.score < before else idle + 1

    def related(self, tracks, size):
        """A track and others that share people with it, or time and region; one left out comes first now and then."""
        rng = self.rng
        missing = [track for track in tracks if track.id not in self.placements]
        first = rng.choice(missing) if missing and rng.random() < 0.3 else rng.choice(tracks)

        def nearness(track):
            here, there = self.placements.get(first.id), self.placements.get(track.id)
            shared = len(here.members & there.members) if here and there else 0
            schools = {self.problem.people[p].school for p in there.members} if there else set()
            return -(2 * shared + (first.school in schools) + (track.region == first.region) + 3 * rng.random())
        return sorted(tracks, key=lambda track: (track is not first, nearness(track)))[:size]

    def solution(self):
        """The plan in the exchange format; this peer finds no repairs."""
        return {"format": "muster-solution/1", "score": {"unscheduled": self.score[0], "cost": self.score[1]},
                "tracks": [{"id": name, "starts": p.starts, "team": p.team} for name, p in self.placements.items()],
                "unscheduled": [{"track": name, "repairs": []} for name in self.problem.tracks
                                if name not in self.placements]}


def main():
    """The command line."""
    begin = time.monotonic()
    parser = argparse.ArgumentParser(description="Solves a planning problem with CP-SAT.")
    parser.add_argument("problem")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    peer = Peer(Problem.read(arguments.problem), arguments.seconds, arguments.workers, arguments.seed, begin)
    peer.run()
    with open(arguments.output, "w", encoding="utf-8") as file:
        json.dump(peer.solution(), file, ensure_ascii=False)
    print(json.dumps({"unscheduled": peer.score[0], "cost": peer.score[1], "bound": peer.bound,
                      "seconds": round(time.monotonic() - begin, 2), "history": peer.history}))


if __name__ == "__main__":
    main()
