"""Makes safe_load.json: texts of YAML, and what kombu's JSON makes of what PyYAML's safe_load reads in them.

    .venv/bin/python Tests/CeleriacYAMLTests/Fixtures/make.py > Tests/CeleriacYAMLTests/Fixtures/safe_load.json
"""

import datetime
import json
import sys

import yaml
from kombu.utils import json as kombu_json

SCALARS = """
~ null Null NULL nUll yes Yes YES yEs no No NO true True TRUE tRue false on On ON off Off OFF y n Y N
0 1 -1 +1 -0 +0 12 1_000 _1 0b101 0b1_0 -0b11 0b 0b2 0o17 017 -017 08 09 0_7 0x1F 0xff_ff -0x10 0x 0xg
190:20:30 -190:20:30 1:60 1:5 1:59 01:20 1:2:3:4 12:30:45 9223372036854775807 9223372036854775808
-9223372036854775808 123456789012345678901234567890 1. 1.0 -1.5 +1.5 1_0.2_5 .5 -.5 +.5 . .e 1.e+5 1e5 1.5e5 1.5e+5 1.5E-5
1.5e 1.0e+999 .inf .Inf .INF -.inf +.inf .nan .NaN .NAN -.nan .iNf 190:20:30.15 1:2. 01:2.5 5e-324 4.9e-324
2026-11-29 2026-1-2 2026-1-02 26-11-29 2026-11-29T08:10:00 2026-11-29t08:10:00Z 2026-11-29T8:10:00.5
2026-11-29T08:10:00.1234567 2026-11-29T08:10:00. 2026-11-29T08:10:00.000 2026-11-29T08:10:00+01:30 2026-11-29T08:10:00-5
2026-11-29T08:10:00-00:00 2026-11-29T08:10 2026-11-29T08:10:00X 2026-11-29T08:10:00+1:3 1:2:3x 12ab 1-2 -- - -x +x
= hello a:b a#b "quoted" 'single' "1" '1' "yes" "~" "2026-11-29" !!str 1 !!int "7" !!int "0x1F" !!float 1 !!float "1.5"
!!bool "Yes" !!null x !!binary AP8= !!binary aGVsbG8= !!timestamp "2026-11-29" ! 12 !!str yes !!str
""".strip("\n")

DOCUMENTS = [
    "", "# nothing\n", "---\n", "--- 1\n...\n", "%YAML 1.1\n---\n- 1\n", "- 1\n- [2, {a: b}]\n", "{}", "[]", "[[], {}]",
    "2026-11-29 08:10:00", "2026-11-29  08:10:00.25 +02:00", "2026-11-29 08:10:00 Z",
    "a: 1\na: 2\n", "3: a\nyes: b\n~: c\n2.5: d\n'x': e\n1e3: f\n0x10: g\n",
    "- &a [1, 2]\n- *a\n- *a\n", "- &a {x: 1}\n- {y: *a}\n", "&a a: &b b\n*a : *b\n", "- &a 1\n- *a\n- &a 2\n- *a\n",
    "!!set {a, b, 1}", "? a\n? b\n", "{a, b: }", "!!map {a: !!seq [1]}", "! {a: 1}",
    "text: |\n  one\n  two\n\nfolded: >\n  one\n  two\n\n  three\nstrip: |-\n  x\n", "'it''s'", '"\\x41\\u00e9\\U0001F389\\n\\t\\\\ \\"q\\" \\e"',
    "plain text that\n  goes on\n", '"quoted text\n  that goes on\\\n  and on"', "k: [a, 'b: c', \"d # e\"]\n",
    "{\"json\": [1, 2.5, null, true, \"x\"]}", "é: grüße\n日本: 🎉\n", "{? \"long\" : 1, \"b\": 2}", "- - - 1\n    - 2\n  - 3\n",
    "- !!binary |\n  AP/+\n  AAEC\n", "a: !!str\n", "<<: text", "'<<': 1",
]

# What Python refuses, and what only Python takes.
REFUSED = [
    "- 1\n---\n- 2\n", "[1", "{a: 1", "a: b: c", "*nobody", "[*a]", "\t- 1", "'open", '"\\q"', "!!int x", "!!float x",
    "!!bool maybe", "2026-02-30", "2026-13-01", "2026-11-29T25:00:00", "2026-11-29T08:10:00+99:00", "0b_", "0x_",
    "!!python/object/apply:os.system [echo hacked]", "!!python/name:os.system", "!!python/tuple [1]", "!!omap [a: 1]",
    "!local 1", "!<tag:example.com,2026:x> [1]", "[1]: a", "? [1]\n: a", "{a: 1}: b", "&a [*a]", "&a {x: *a}",
    "<<: {a: 1}", "- &a {x: 1}\n- {<<: *a}", "2026-11-29: a", "!!binary aGVsbG8=: a", "!!set {a: 1}", "!!set [a]", "!!binary x",
    "!!map [1]", "!!seq {a: 1}", "@x", "`x", "%x", "a\x00b", "!!pairs [a: 1]",
]


def read(text):
    return json.loads(kombu_json.dumps(yaml.safe_load(text)))


def dumped(value):
    text = yaml.safe_dump(value)
    return {"yaml": text, "json": read(text)}


shared = {"x": [1]}
VALUES = [
    [[1, "two", [3.5, None, True]], {"k": "v"}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}],
    [shared, shared, {"again": shared}], ["yes", "no", "~", "", "1", "1.5", "0x1F", "2026-11-29", "190:20:30", "<<", "=", "- x", "#"],
    [1e22, 1e-07, 1.0, -0.0, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf")], [2**80, -(2**200), 2**63],
    [datetime.datetime(2026, 11, 29, 8, 10, 0, 123456, tzinfo=datetime.timezone.utc), datetime.datetime(2026, 11, 29, 8, 10)],
    [datetime.date(2026, 11, 29)], [b"plain", b"\xff\x00\xfe", bytes(range(256))], {1: "a", None: "b", 2.5: "c", True: "d"},
    "line\nbreaks\n\n  and blanks \x01 \u2028 \x85 \u00a0 é 日本 🎉", ["x" * 300, "a b " * 100], {"y": {"n": {}}, "e": []},
]

texts = [line for line in " ".join(SCALARS.split("\n")).split(" ") if not line.startswith("!")]
texts += ["!!str 1", '!!int "7"', '!!int "0x1F"', '!!float "1.5"', '!!bool "Yes"', "!!null x", "!!binary AP8=", "! 12",
          "!!binary aGVsbG8=", '!!timestamp "2026-11-29"', "!!str yes", "!!str", '!!float "1"', '!!timestamp "2026-11-29 8:10:00"']
cases = []
for text in texts + DOCUMENTS:
    try:
        cases.append({"yaml": text, "json": read(text)})
    except Exception as error:
        # Duplicate anchors, "=", and sets, which JSON has no word for: read here, see the tests.
        print(repr(text), error, file=sys.stderr)
print(json.dumps({"read": cases + [dumped(value) for value in VALUES], "refused": REFUSED}, indent=1))
