"""When crontabs are due around every transition of every time zone, by looking at the clocks minute by minute.

The rule, told by a clock: a crontab is due when the clock comes to one of its times, and when it has just skipped one or more.
A crontab that names hours looks at a clock that is never set back, but stands still until the real one has caught up.

    crontab <text>                                   in order
    zone <name>
    near <instant> <case>                            a transition of the last zone, and what is due around it
    case <number> <start> <end> (; <instant>*)*      after start and through end, for each crontab
"""

import math
import zoneinfo

from zones import content, offset, paths, transitions

EVERY = range(24)
CRONTABS = [
    # text, minutes, hours, weekdays (0 = Sunday)
    ("30 2 * * *", [30], [2], range(7)),
    ("*/20 * * * *", range(0, 60, 20), EVERY, range(7)),
    ("30 * * * *", [30], EVERY, range(7)),
    ("*/10 1-3 * * *", range(0, 60, 10), [1, 2, 3], range(7)),
    ("15,45 22,23,0,1 * * sun", [15, 45], [0, 1, 22, 23], [0]),
]


def by_minute():
    """For each minute of the week the crontabs that are due."""
    table = [[] for _ in range(7 * 1440)]
    for number, (_, minutes, hours, weekdays) in enumerate(CRONTABS):
        for weekday in weekdays:
            for hour in hours:
                for minute in minutes:
                    table[weekday * 1440 + hour * 60 + minute].append(number)
    return table


TABLE = by_minute()
FOLLOWS = [hours is EVERY for _, _, hours, _ in CRONTABS]


def matches(first, last, step):
    """The crontabs that have one of the wall times from first to last."""
    found = set()
    for wall in range(first, last + 1, step):
        found.update(at(wall))
    return found


def at(wall):
    return TABLE[(wall // 60 + 4 * 1440) % 10080] if wall % 60 == 0 else ()  # 1970-01-01 was a Thursday


def scan(zone, start, end, step):
    """All ticks after start and through end, for each crontab."""
    ticks = [[] for _ in CRONTABS]
    shown = latest = start + offset(zone, start)
    for instant in range(start + step, end + 1, step):
        wall = instant + offset(zone, instant)
        if shown == latest == wall - step:  # as on any other day
            for number in at(wall):
                ticks[number].append(instant)
        else:
            followed = matches(min(shown + step, wall), wall, step)
            reached = matches(latest + step, wall, step)
            for number in followed | reached:
                if number in (followed if FOLLOWS[number] else reached):
                    ticks[number].append(instant)
        shown, latest = wall, max(latest, wall)
    return ticks


def window(zone, instant):
    before, after = offset(zone, instant - 1), offset(zone, instant)
    step = math.gcd(60, math.gcd(before, after))
    back, ahead = 2 * 3600 + max(0, after - before) % 86400, 3 * 3600 + max(0, before - after)
    start, end = instant - back // 60 * 60, instant + ahead // 60 * 60
    alone = offset(zone, start) == before and offset(zone, end) == after
    return start, end, step, (instant, before, after) if alone else (instant, zone.key)


def main():
    for text, *_ in CRONTABS:
        print("crontab", text)
    folders, seen, cases = paths(), set(), {}
    for key in sorted(zoneinfo.available_timezones()):
        data = content(key, folders)
        if data in seen:
            continue
        seen.add(data)
        print("zone", key)
        zone = zoneinfo.ZoneInfo(key)
        for instant in transitions(key, zone):
            start, end, step, same = window(zone, instant)
            if same not in cases:
                cases[same] = len(cases)
                lists = (" ".join(map(str, ticks)) for ticks in scan(zone, start, end, step))
                print("case", cases[same], start, end, ";", " ; ".join(lists))
            print("near", instant, cases[same])


main()
