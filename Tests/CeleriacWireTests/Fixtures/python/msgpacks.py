"""Makes msgpack/values.json: what kombu's msgpack writes, and what kombu's JSON makes of the same value.

    .venv/bin/python Tests/CeleriacWireTests/Fixtures/python/msgpacks.py > Tests/CeleriacWireTests/Fixtures/msgpack/values.json
"""

import base64
import json

import msgpack
from kombu.serialization import dumps
from kombu.utils import json as kombu_json

VALUES = [
    None, True, False, 0, 1, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1,
    -1, -32, -33, -128, -129, -32768, -32769, -(2**31), -(2**31) - 1, -(2**63), 0.0, -0.0, 1.0, 1.5, 1e22, 5e-324,
    1.7976931348623157e308, float("inf"), float("-inf"), "", "a", "é 日本 🎉 \x00 \"\\", "x" * 31, "x" * 32, "x" * 255, "x" * 256,
    b"", b"plain", b"\xff\x00", b"\xfe" * 256, [], [1], list(range(15)), list(range(16)), list(range(300)), {}, {"a": 1}, {str(n): n for n in range(15)}, {str(n): n for n in range(16)},
    [[[[[]]]], {"a": {"b": [{}]}}], {"": "", "é": [1, {"x": b"y"}]},
    [[1, "two", [3.5, None, True], b"\x00\xff"], {"k": "v"},
     {"callbacks": None, "errbacks": None, "chain": None, "chord": None}],
]


def case(value):
    packed = dumps(value, serializer="msgpack")[2]
    return {"packed": base64.b64encode(packed).decode(), "json": kombu_json.dumps(value)}


# Forms that are longer than they need be, or shorter than a double: written by other programs.
FOREIGN = [
    (msgpack.packb(1.5, use_single_float=True), 1.5), (b"\xcd\x00\x01", 1), (b"\xd3" + b"\xff" * 8, -1),
    (b"\xd9\x01a", "a"), (b"\xdb\x00\x00\x00\x01a", "a"), (b"\xdc\x00\x01\xc0", [None]), (b"\xdf\x00\x00\x00\x01\xa1a\xc3", {"a": True}),
]
print(json.dumps({
    "values": [case(value) for value in VALUES],
    "foreign": [{"packed": base64.b64encode(raw).decode(), "json": json.dumps(value)} for raw, value in FOREIGN],
}, indent=1))
