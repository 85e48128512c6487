"""recurring-ical-events as an oracle: every instance in a window, a line of UID, start and end in seconds."""

import datetime
import signal
import sys
import zoneinfo

import icalendar
import recurring_ical_events

UTC = datetime.timezone.utc


def moment(value, zone):
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return int(value.timestamp())


def expand(path, start, end, zone):
    zone = zoneinfo.ZoneInfo(zone)
    day = datetime.timedelta(days=2)
    window = [datetime.datetime.fromtimestamp(at, UTC) for at in (start, end)]
    with open(path, "rb") as file:
        calendars = icalendar.Calendar.from_ical(file.read(), multiple=True)
    for calendar in calendars:
        query = recurring_ical_events.of(calendar)
        for event in query.between(window[0] - day, window[1] + day):
            begin, finish = moment(event.start, zone), moment(event.end, zone)
            if begin < end and (finish > start or begin == finish >= start):
                yield str(event.get("UID", "")), begin, finish


if __name__ == "__main__":
    signal.alarm(20)
    for uid, begin, finish in expand(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]):
        print(uid, begin, finish, sep="\t")
