"""What Python's zoneinfo says of every time zone around each of its transitions from 1970 to 2037.

Lines of words, for a reader that knows nothing of zones:

    path <folder>                                   where zones are looked for, in order
    zone <name> <name of an equal zone, or ->
    at <instant> <offset before> <offset from it on> <offset an hour later>      of the last zone without an equal
    wall <wall time> <instant>*                     all instants at which its clocks show that time
"""

import os
import zoneinfo
from datetime import datetime, timedelta, timezone
from zoneinfo import _zoneinfo

EPOCH = datetime(1970, 1, 1)
FIRST, LAST = 0, 2145916800  # 1970-01-01, 2038-01-01


def paths():
    found = list(zoneinfo.TZPATH)
    try:
        import tzdata
        found.append(os.path.join(os.path.dirname(tzdata.__file__), "zoneinfo"))
    except ImportError:
        pass
    return found


def content(key, folders):
    for folder in folders:
        path = os.path.join(folder, *key.split("/"))
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return file.read()
    raise SystemExit(f"no file for {key} in {folders}")


def offset(zone, instant):
    moment = datetime.fromtimestamp(instant, zone)
    return round(moment.utcoffset().total_seconds())


def bisected(zone, low, high):
    """Changes between two instants at most one of which lies there."""
    if offset(zone, low) == offset(zone, high):
        return []
    while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, middle) == offset(zone, low):
            low = middle
        else:
            high = middle
    return [high]


def transitions(key, zone):
    """Those that stand in the file, and those of its rule, found by looking every five days."""
    plain = _zoneinfo.ZoneInfo.no_cache(key)
    known = [int(instant) for instant in plain._trans_utc]
    found = [i for i in known if FIRST <= i < LAST and offset(zone, i - 1) != offset(zone, i)]
    if not hasattr(plain._tz_after, "transitions"):  # no rule that changes anything later
        return found
    instant = max([FIRST] + [i for i in known if i < LAST])
    while instant < LAST:
        later = min(instant + 5 * 86400, LAST)
        found += bisected(zone, instant, later)
        instant = later
    return sorted(set(found))


def instants(zone, wall):
    shown = EPOCH + timedelta(seconds=wall)
    found = set()
    for fold in (0, 1):
        instant = round(shown.replace(tzinfo=zone, fold=fold).timestamp())
        if datetime.fromtimestamp(instant, zone).replace(tzinfo=None, fold=0) == shown:
            found.add(instant)
    return sorted(found)


def walls(before, after):
    low, high = min(before, after), max(before, after)
    return sorted({low - 1, low, low + 1, (low + high) // 2, high - 1, high, high + 1})


def main():
    folders = paths()
    for folder in folders:
        print("path", folder)
    seen = {}
    for key in sorted(zoneinfo.available_timezones()):
        data = content(key, folders)
        equal = seen.setdefault(data, key)
        print("zone", key, "-" if equal == key else equal)
        if equal != key:
            continue
        zone = zoneinfo.ZoneInfo(key)
        for instant in transitions(key, zone):
            before, after = offset(zone, instant - 1), offset(zone, instant)
            print("at", instant, before, after, offset(zone, instant + 3600))
            for wall in walls(instant + before, instant + after):
                print("wall", wall, *instants(zone, wall))


if __name__ == "__main__":
    main()
