"""The exchange format `muster-problem/1`, read, checked and with its defaults filled in. Standard library only."""
import json
from bisect import bisect_right

LIMITS = ("maxTracks", "maxPerDay", "maxPerWeek")
WEIGHTS = ("optional", "load", "balance", "theme", "outside", "repeat", "reciprocal", "elapsed", "move", "swap")
GREATEST = 2**31 - 1


class Malformed(Exception):
    """Something that is not as the format says: a path into the JSON, and a sentence."""

    def __init__(self, path, sentence):
        super().__init__(f"{path}: {sentence}" if path else sentence)


class Node:
    """A JSON object and its path; null counts as left out, unknown keys are never asked for."""

    def __init__(self, value, path=""):
        if not isinstance(value, dict):
            raise Malformed(path, "an object is expected")
        self.value, self.path = value, path

    def at(self, key):
        """The path of a member."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key):
        """Whether a member is there."""
        return self.value.get(key) is not None

    def whole(self, key, default, least=0, most=GREATEST):
        """A whole number; an `Ellipsis` as default means that it may not be left out."""
        return whole(self._get(key, default), self.at(key), least, most) if self.has(key) or default is ... else default

    def flag(self, key):
        """A boolean, false when left out."""
        return one(bool, self.value[key], self.at(key)) if self.has(key) else False

    def text(self, key, default=None):
        """A string."""
        return one(str, self._get(key, default), self.at(key)) if self.has(key) or default is ... else default

    def texts(self, key):
        """A list of strings, none of them twice."""
        values = [one(str, v, f"{self.at(key)}[{i}]") for i, v in enumerate(self.items(key))]
        return once(values, self.at(key))

    def days(self, key, default):
        """Days in order, as a list."""
        if not self.has(key):
            return default
        days = [whole(v, self.at(key), -GREATEST, GREATEST) for v in self.items(key)]
        if any(a >= b for a, b in zip(days, days[1:])):
            raise Malformed(self.at(key), "days are sorted, each once")
        return days

    def pair(self, key, default, most=GREATEST):
        """Two whole numbers."""
        if not self.has(key):
            return default
        values = self.items(key)
        if len(values) != 2:
            raise Malformed(self.at(key), "two numbers are expected")
        return tuple(whole(v, self.at(key), 0, most) for v in values)

    def spans(self, key, width, horizon, apart):
        """Half-open intervals in order; `apart` means that they may not even touch."""
        spans, path, last = [], self.at(key), -1 if apart else 0
        for span in self.items(key):
            if type(span) is not list or len(span) != width or any(type(v) is not int for v in span):
                raise Malformed(path, f"an interval is {width} whole numbers")
            if not last + apart <= span[0] < span[1] <= horizon:
                raise Malformed(path, f"{span} is empty, outside the horizon, or not after the one before it")
            if width == 3:
                whole(span[2], path)
            last = span[1]
            spans.append(tuple(span))
        return spans

    def items(self, key):
        """A list, empty when left out."""
        return one(list, self.value[key], self.at(key)) if self.has(key) else []

    def nodes(self, key, name="id"):
        """A list of objects that each have a name of their own."""
        nodes = [Node(v, f"{self.at(key)}[{i}]") for i, v in enumerate(self.items(key))]
        once([node.text(name, ...) for node in nodes], self.at(key))
        return nodes

    def node(self, key):
        """An object, empty when left out."""
        return Node(self.value[key] if self.has(key) else {}, self.at(key))

    def _get(self, key, default):
        if not self.has(key):
            raise Malformed(self.at(key), "is missing")
        return self.value[key]


def one(kind, value, path):
    """The value, if it is of a kind."""
    if not isinstance(value, kind):
        raise Malformed(path, f"{ {str: 'a string', bool: 'true or false', list: 'a list'}[kind]} is expected")
    return value


def whole(value, path, least=0, most=GREATEST):
    """The value, if it is a whole number in a range."""
    if type(value) is not int or not least <= value <= most:
        raise Malformed(path, f"a whole number from {least} to {most} is expected")
    return value


def once(values, path):
    """The values, if none stands twice."""
    if len(set(values)) < len(values):
        raise Malformed(path, "something stands twice")
    return values


class Spans:
    """Sorted intervals that do not touch."""

    def __init__(self, spans):
        self.spans = spans
        self._from = [span[0] for span in spans]

    def cover(self, start, end):
        """Whether one of them covers [start, end)."""
        index = bisect_right(self._from, start) - 1
        return index >= 0 and end <= self.spans[index][1]

    def united(self, more):
        """The same with more intervals; those that then touch become one."""
        joined = []
        for start, end in sorted([*self.spans, *more]):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return Spans(joined)


class Prices:
    """Sorted intervals with a weight for every slot."""

    def __init__(self, spans):
        self.spans = spans
        self._to = [span[1] for span in spans]

    def between(self, start, end):
        """The sum of the weights in [start, end)."""
        total = 0
        for index in range(bisect_right(self._to, start), len(self.spans)):
            low, high, weight = self.spans[index]
            if low >= end:
                break
            total += weight * (min(high, end) - max(low, start))
        return total


class Person:
    """Somebody who may fill roles or be required."""

    def __init__(self, node, horizon):
        self.id = node.text("id", ...)
        self.school, self.region = node.text("school"), node.text("region")
        self.offset = node.whole("offset", 0, -GREATEST)
        self.qualifications = set(node.texts("qualifications"))
        self.themes = set(node.texts("themes"))
        self.free = Spans(node.spans("free", 2, horizon, True))
        self.avoid = Prices(node.spans("avoid", 3, horizon, False))
        self.limits = {name: node.whole(name, None) for name in LIMITS}


class Stage:
    """One session of a track."""

    def __init__(self, node, track, horizon):
        self.id = node.text("id", ...)
        self.slots = node.whole("slots", ..., 1)
        self.roles, self.room = node.texts("roles"), node.text("room")
        self.in_person = node.flag("inPerson")
        self.start_every = node.whole("startEvery", 1, 1)
        self.window = node.pair("window", (0, horizon), horizon)
        if self.window[0] > self.window[1]:
            raise Malformed(node.at("window"), "ends before it begins")
        own = node.texts("required")
        self.own_required = own
        self.required = set(track.required).union(own)
        self.days = track.days if not node.has("days") else set(node.days("days", None))
        self.free = Spans(node.spans("free", 2, horizon, True)) if node.has("free") else None
        self.avoid = Prices(node.spans("avoid", 3, horizon, False))
        self.gap = node.pair("gap", (0, horizon))


class Track:
    """One host school's way through the cycle, or one training event."""

    def __init__(self, node, horizon):
        self.id, self.path = node.text("id", ...), node.path
        self.school, self.region, self.theme = node.text("school"), node.text("region"), node.text("theme")
        self.offset = node.whole("offset", 0, -GREATEST)
        self.priority = node.whole("priority", 1)
        self.required, self.optional = node.texts("required"), node.texts("optional")
        self.excluded, self.previous = set(node.texts("excluded")), set(node.texts("previous"))
        self.open = node.days("days", None)
        self.days = None if self.open is None else set(self.open)
        self.distinct_schools, self.wants_outside = node.flag("distinctSchools"), node.flag("wantsOutside")
        self.roles = {role.text("id"): role.whole("count", 1) for role in node.nodes("roles")}
        self.stages = [Stage(stage, self, horizon) for stage in node.nodes("stages")]
        if not self.stages:
            raise Malformed(node.at("stages"), "a track has at least one stage")
        self.everyone_required = set().union(*(stage.required for stage in self.stages))
        self.pinned_starts, self.pinned_team = {}, {}
        self.published_starts, self.published_team = {}, {}

    def opened(self, day):
        """The open days up to and with a day, from a beginning of its own: only differences mean anything."""
        return day if self.open is None else bisect_right(self.open, day)

    def elapsed(self, first, last):
        """The open days after `first` up to and with `last`."""
        return self.opened(last) - self.opened(first) if last > first else 0

    def is_pinned(self, stage, person):
        """Whether somebody's attendance of a stage is pinned."""
        return stage.id in self.pinned_starts and (
            person in stage.required or any(person in self.pinned_team.get(role, ()) for role in stage.roles))


class Problem:
    """A whole problem."""

    def __init__(self, data):
        root = Node(data)
        if root.text("format", "muster-problem/1") != "muster-problem/1":
            raise Malformed("format", 'must be "muster-problem/1"')
        self.horizon = root.whole("horizon", ...)
        self.slot_minutes = root.whole("slotMinutes", 15, 1, 1440)
        if 1440 % self.slot_minutes:
            raise Malformed("slotMinutes", "must divide 1440")
        self.day_slots = 1440 // self.slot_minutes
        self.weekday = root.whole("weekday", 0, 0, 6)
        self.buffer = root.whole("buffer", 0)
        weights = root.node("weights")
        self.weights = {name: weights.whole(name, 0) for name in WEIGHTS}
        self.people = {p.id: p for p in (Person(node, self.horizon) for node in root.nodes("people"))}
        self.schools = {n.text("id"): n.whole("maxPerDay", None) for n in root.nodes("schools")}
        self.rooms = {n.text("id"): n.whole("capacity", ...) for n in root.nodes("rooms")}
        self.tracks = {t.id: t for t in (Track(node, self.horizon) for node in root.nodes("tracks"))}
        for track in self.tracks.values():
            self._check(track)
        for node in root.nodes("published", "track"):
            starts, team = self._entry(node)
            if node.text("track") in self.tracks:
                track = self.tracks[node.text("track")]
                track.published_starts, track.published_team = starts, team
        for node in root.nodes("pinned", "track"):
            self._pin(node)

    @classmethod
    def read(cls, path):
        """The problem in a file."""
        try:
            with open(path, encoding="utf-8") as file:
                return cls(json.load(file))
        except (OSError, ValueError, RecursionError) as error:
            raise Malformed("", f"{path} is no JSON file that can be read: {error}") from error

    def day(self, slot, offset):
        """The local day of a slot."""
        return (slot + offset) // self.day_slots

    def week(self, day):
        """The local week of a local day."""
        return (day + self.weekday) // 7

    def _check(self, track):
        """Looks whether all that a track names exists."""
        self._exist(track.required, self.people, f"{track.path}.required")
        self._exist(track.optional, self.people, f"{track.path}.optional")
        for index, stage in enumerate(track.stages):
            path = f"{track.path}.stages[{index}]"
            self._exist(stage.own_required, self.people, f"{path}.required")
            self._exist(stage.roles, track.roles, f"{path}.roles")
            self._exist([stage.room] if stage.room is not None else [], self.rooms, f"{path}.room")

    def _entry(self, node):
        """The starts and the team of a published or pinned track."""
        starts, team = node.node("starts"), node.node("team")
        return ({stage: starts.whole(stage, ..., -GREATEST) for stage in starts.value if starts.has(stage)},
                {role: team.texts(role) for role in team.value if team.has(role)})

    def _pin(self, node):
        """Gives a track its pins."""
        self._exist([node.text("track")], self.tracks, node.at("track"))
        track = self.tracks[node.text("track")]
        starts, team = self._entry(node)
        self._exist(starts, {stage.id for stage in track.stages}, node.at("starts"))
        self._exist(team, track.roles, node.at("team"))
        for role, people in team.items():
            self._exist(people, self.people, f"{node.at('team')}.{role}")
        for stage, start in starts.items():
            whole(start, f"{node.at('starts')}.{stage}", 0, self.horizon - 1)
        track.pinned_starts, track.pinned_team = starts, team

    @staticmethod
    def _exist(names, known, path):
        for name in names:
            if name not in known:
                raise Malformed(path, f"there is no {name!r}")
