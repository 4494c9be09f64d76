"""Makes the corpora of pickles in ../pickle with the real pickler:

    .venv/bin/python pickles.py data > ../pickle/data.json
    .venv/bin/python pickles.py hostile > ../pickle/hostile.json

"data" are plain values in all protocols, with the JSON that kombu writes of them. "hostile" are pickles that import, build
or call something else, with the name that must stand in the refusal; none of them is ever loaded.
"""

import base64
import collections
import ctypes
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import importlib
import json
import marshal
import operator
import os
import pathlib
import pickle
import pty
import runpy
import shutil
import socket
import subprocess
import sys
import types
import uuid
import zoneinfo

from kombu.utils.json import dumps

utc = datetime.timezone.utc
delta = datetime.timedelta
moment = datetime.datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=utc)
shared = ["shared", 1]
safe = uuid.UUID(int=77, is_safe=uuid.SafeUUID.safe)

# Values that we write again as Python did: trees of distinct objects.
TREES = {
    "None": None, "true": True, "false": False,
    "integers": [0, 1, -1, 255, 256, -256, 65535, 65536, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**63 - 1, -2**63],
    "big integers": [2**63, -2**63 - 1, 2**64, -2**64, 2**127, -2**127, 10**40, -10**40, 2**2039, 2**2040, -2**2055, 10**900],
    "floats": [0.0, -0.0, 1.5, -2.25, 1e300, 5e-324, 1e22, 0.1, float("nan"), float("inf"), float("-inf")],
    "texts": ["", "h\xe9", "\u65e5\u672c\U0001f389", "\x00\n\r\x1a\\u0041\\", "x" * 255, "z" * 256],
    "bytes": [b"", b"by", b"\xff\x00", bytes(range(256)) * 2],
    "list of none": [], "list of one": [[1]], "lists": [[], [[]], [1, 2, [3]]], "list of 1000": list(range(1000)),
    "list of 1001": [7] * 1001, "list of 2500": [None] * 2500,
    "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((), (None,))],
    "dict of none": {}, "dict of one": {"key": 1}, "dict": {"one": 1, "two": [2], "three": {"four": None}},
    "dict of 999": {"k%d" % n: n for n in range(999)}, "dict of 1000": {"k%d" % n: n for n in range(1000)},
    "dict of 1001": {"k%d" % n: n for n in range(1001)},
    "dict with other keys": {1: "aa", 2.5: "bb", None: "cc", True: "dd", 2**70: "ee"},
    "sets": [set(), {5}, {1, 2, 3}, frozenset([6]), frozenset([8, 9])], "set of 1000": set(range(1000)),
    "moments": [moment, moment.replace(microsecond=0), datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)],
    "offsets": [moment.replace(tzinfo=datetime.timezone(delta(hours=2))),
                moment.replace(tzinfo=datetime.timezone(-delta(hours=3, minutes=30))),
                moment.replace(tzinfo=datetime.timezone(delta(hours=1, seconds=15)))],
    "fold": datetime.datetime(2026, 10, 25, 2, 30, fold=1),
    "dates": [datetime.date(2030, 1, 2), datetime.date(2028, 2, 29)],
    "times": [datetime.time(3, 4), datetime.time(3, 4, 5, 6, tzinfo=utc), datetime.time(1, 2, 3, fold=1)],
    "spans": [delta(), delta(days=1, seconds=2, microseconds=3), -delta(microseconds=1), delta(days=999999999)],
    "zones": [utc, utc, datetime.timezone(delta(hours=9))],
    "decimals": [decimal.Decimal(text) for text in ["1.50", "-1E+3", "0", "NaN", "Infinity", "1e-400"]],
    "uuids": [uuid.UUID(int=0), uuid.UUID("01234567-89ab-cdef-0123-456789abcdef"), uuid.UUID(int=2**128 - 1)],
    "many dates": [datetime.date(2000, 1, 1) + delta(days=n) for n in range(150)],
    "job": ("tasks.add", None, (2, 3), {"width": 1.5}),
}
# Values that come as something else, or in which Python refers to an object twice.
OTHERS = {
    "shared": [shared, shared, {"a": shared}], "bytearrays": [bytearray(), bytearray(b"ab\xff")],
    "ordered": collections.OrderedDict([("b", 1), ("a", [2])]), "named zone": moment.replace(tzinfo=datetime.timezone(delta(hours=1), "CET")),
    "safe uuid": safe, "equal texts": ["a", "a", "", "", "same", "same"], "lone surrogate": "a\ud800b",
    "subclass of nothing": [dict(a=1), dict(a=2)],
}
# Too long for six copies.
LONG = {
    "text of 64 KiB": [1, "y" * 65536, 2], "text below 64 KiB": ["y" * 65535, 1], "frames": ["%05d" % n for n in range(9000)],
}


def plain(value):
    """What kombu has no tag for, in our words."""
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, datetime.timezone):
        return str(value).replace("UTC", "") or "+00:00"
    if isinstance(value, bytearray):
        return bytes(value)
    raise TypeError(type(value))


def stripped(value):
    """The same with `plain` applied inside, since kombu's encoder takes no other default."""
    if isinstance(value, dict):
        return {key: stripped(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [stripped(item) for item in value]
    try:
        return stripped(plain(value))
    except TypeError:
        return value


def entry(name, value, protocols, is_tree):
    return {"name": name, "isTree": is_tree, "json": dumps(stripped(value), ensure_ascii=False).replace("\ud800", "\\ud800"),
            "pickles": {str(p): base64.b64encode(pickle.dumps(value, p)).decode() for p in protocols}}


def data():
    return ([entry(name, value, range(6) if len(repr(value)) < 2000 else [0, 5], True) for name, value in TREES.items()]
            + [entry(name, value, range(6), False) for name, value in OTHERS.items()]
            + [entry(name, value, [5], True) for name, value in LONG.items()])


class Call:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class Thing:
    def __init__(self):
        self.name = "thing"


@dataclasses.dataclass
class Record:
    number: int = 1


class Colour(enum.Enum):
    RED = 1


class Words(str):
    pass


class Keyed:
    def __new__(cls, *, number=1):
        return super().__new__(cls)

    def __getnewargs_ex__(self):
        return (), {"number": 1}


canary = "touch celeriac-canary"
CALLS = {
    "posix.system": Call(os.system, canary), "os.popen": Call(os.popen, canary), "eval": Call(eval, "open('celeriac-canary', 'w')"),
    "exec": Call(exec, "open('celeriac-canary', 'w')"), "compile": Call(compile, "1", "x", "eval"), "getattr": Call(getattr, "x", "upper"),
    "__import__": Call(__import__, "antigravity"), "open": Call(open, "celeriac-canary", "w"), "print": Call(print, "x"),
    "subprocess.Popen": Call(subprocess.Popen, ["touch", "celeriac-canary"]),
    "subprocess.check_output": Call(subprocess.check_output, ["touch", "celeriac-canary"]),
    "importlib.import_module": Call(importlib.import_module, "antigravity"), "pty.spawn": Call(pty.spawn, "sh"),
    "socket.socket": Call(socket.socket), "ctypes.CDLL": Call(ctypes.CDLL, "libc.so.6"), "shutil.rmtree": Call(shutil.rmtree, "celeriac"),
    "operator.attrgetter": Call(operator.attrgetter, "x"), "functools.partial": Call(functools.partial, print),
    "FunctionType": Call(types.SimpleNamespace), "runpy": Call(runpy.run_path, "celeriac"), "marshal.loads": Call(marshal.loads, b""),
    "pickle.loads": Call(pickle.loads, b"N."), "bytes.fromhex": Call(bytes.fromhex, "00"), "map": Call(map, print, [1]),
    "thing": Thing(), "dataclass": Record(), "enum": Colour.RED, "subclass": Words("x"), "keyed": Keyed(), "exception": ValueError("x"),
    "complex": 1j, "range": range(3), "defaultdict": collections.defaultdict(list), "counter": collections.Counter("ab"),
    "deque": collections.deque([1]), "fraction": fractions.Fraction(1, 3), "path": pathlib.PurePosixPath("/x"),
    "zone": datetime.datetime(2030, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")), "function": len, "class": dict,
}
FIRST = {
    "posix.system": "posix.system", "os.popen": "os.popen", "eval": "eval", "exec": "exec", "compile": "compile", "getattr": "getattr",
    "__import__": "__import__", "open": "io.open", "print": "print", "FunctionType": "types.SimpleNamespace", "runpy": "runpy.run_path",
    "pickle.loads": "pickle.loads", "subprocess.Popen": ".Popen", "subprocess.check_output": ".check_output", "bytes.fromhex": "getattr", "map": "map", "thing": "Thing", "dataclass": "Record", "enum": "Colour",
    "subclass": "Words", "keyed": "Keyed", "exception": "ValueError", "complex": "complex", "range": "range",
    "defaultdict": "collections.defaultdict", "counter": "collections.Counter", "deque": "collections.deque",
    "fraction": "fractions.Fraction", "path": "pathlib.PurePosixPath", "zone": "getattr", "function": "len", "class": "dict",
}
# By hand, as no pickler writes them: (name, pickle, what the refusal says).
CRAFTED = [
    ("GLOBAL os.system", b"cos\nsystem\n(S'touch celeriac-canary'\ntR.", "GLOBAL os.system at byte 0"),
    ("GLOBAL nt.system", b"\x80\x02cnt\nsystem\nX\x01\x00\x00\x00x\x85R.", "GLOBAL nt.system at byte 2"),
    ("GLOBAL of a submodule", b"cos.path\njoin\n.", "GLOBAL os.path.join"),
    ("GLOBAL without REDUCE", b"cposix\nsystem\n0N.", "GLOBAL posix.system"),
    ("STACK_GLOBAL", b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x01x\x85R.", "STACK_GLOBAL os.system at byte 14"),
    ("STACK_GLOBAL of memo", b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940" b"0h\x00h\x01\x93.", "STACK_GLOBAL os.system"),
    ("STACK_GLOBAL of numbers", b"\x80\x04K\x01K\x02\x93.", "STACK_GLOBAL of something that is not a name"),
    ("a dotted name of a known module", b"\x80\x04\x8c\x08datetime\x8c\x11datetime.strptime\x93.", "datetime.datetime.strptime"),
    ("a module of a known name", b"\x80\x04\x8c\x02os\x8c\x03set\x93.", "os.set"),
    ("INST", b"(S'touch celeriac-canary'\nios\nsystem\n.", "INST os.system"),
    ("OBJ", b"(cdatetime\ndate\nN\x6f.", "OBJ"),
    ("NEWOBJ of a date", b"cdatetime\ndate\n)\x81.", "NEWOBJ datetime.date"),
    ("NEWOBJ of a number", b"K\x01)\x81.", "NEWOBJ of something that is not a name"),
    ("NEWOBJ_EX", b"\x80\x04cdatetime\ndate\n)}\x92.", "NEWOBJ_EX"),
    ("BUILD of a list", b"]}b.", "BUILD"), ("BUILD of a date class", b"cdatetime\ndate\n}b.", "BUILD"),
    ("REDUCE of a number", b"K\x01)R.", "REDUCE of something that is not a name"), ("REDUCE of UUID", b"cuuid\nUUID\n)R.", "REDUCE uuid.UUID"),
    ("REDUCE of object", b"c__builtin__\nobject\n)R.", "REDUCE builtins.object"),
    ("_reconstructor of another class", b"ccopy_reg\n_reconstructor\n(cdatetime\ndate\nc__builtin__\nobject\nNtR.", "copyreg._reconstructor"),
    ("a class as a value", b"cdatetime\ndate\n.", "datetime.date as a value"),
    ("a class within a list", b"](cdatetime\ndate\ne.", "datetime.date as a value"),
    ("EXT1", b"\x80\x02\x82\x07.", "EXT1 7"), ("EXT2", b"\x80\x02\x83\x01\x02.", "EXT2 513"), ("EXT4", b"\x80\x02\x84\x01\x00\x00\x00.", "EXT4 1"),
    ("PERSID", b"Psomething\n.", "PERSID something"), ("BINPERSID", b"\x80\x02K\x01Q.", "BINPERSID"),
    ("NEXT_BUFFER", b"\x80\x05\x97.", "NEXT_BUFFER"), ("READONLY_BUFFER", b"\x80\x05N\x98.", "READONLY_BUFFER"),
    ("control characters in a name", b"c\x1b[31mos\nsys\x00tem\n.", "GLOBAL ?[31mos.sys?tem"),
]


def hostile():
    made = []
    for name, value in CALLS.items():
        for place, nested in [("", value), (" deep within", [1, {"k": (2, [value])}]), (" in a job", ("f", None, (value,), {}))]:
            for protocol in [0, 2, 5]:
                if name == "keyed" and protocol < 5:
                    continue
                made.append({"name": "%s%s, protocol %d" % (name, place, protocol), "refused": FIRST.get(name, name),
                             "pickle": base64.b64encode(pickle.dumps(nested, protocol)).decode()})
    return made + [{"name": name, "pickle": base64.b64encode(text).decode(), "refused": told} for name, text, told in CRAFTED]


if __name__ == "__main__":
    made = {"data": data, "hostile": hostile}[sys.argv[1]]()
    with_version = "CPython %s" % sys.version.split()[0]
    print(json.dumps({"recorded_with": with_version, "made_by": "pickles.py " + sys.argv[1], "pickles": made}, indent=1))
