"""Runs the code that the tests send, and the tools that any such code may use.

A line of JSON {"id": n, "code": text} comes in, a line {"id": n, "value": v} or {"id": n, "error": {…}} goes out. The code
is a body of statements; the value is that of its last expression. Each runs in a scope and, usually, a thread of its own.
"""

import ast
import json
import math
import os
import sys
import threading
import time
import traceback

output = threading.Lock()


def wait_until(condition, timeout=60.0):
    """Polls a condition that no one announces; gives its value."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError("the condition did not come true")
        time.sleep(0.01)
    return value


def scratch(name):
    """A path in the folder of this test run."""
    return os.path.join(os.path.dirname(os.environ["INTEROP_JOURNAL"]), name)


def lines_of(path):
    return open(path).read().split() if os.path.exists(path) else []


def plain(value):
    """As JSON; what JSON does not know as its repr."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return repr(value)


def run(code, names):
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    scope = dict(names)
    exec(compile(tree, "<check>", "exec"), scope)
    return eval(compile(ast.Expression(last.value), "<check>", "eval"), scope) if last else None


def answer(request, names):
    try:
        reply = {"id": request["id"], "value": plain(run(request["code"], names))}
    except BaseException as error:
        reply = {
            "id": request["id"],
            "error": {"type": type(error).__name__, "module": type(error).__module__, "message": str(error),
                      "traceback": traceback.format_exc()},
        }
    with output:
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def serve(names, one_thread=False):
    """Answers until standard input ends, and ends the process with it.

    - names: what the code finds in its scope.
    - one_thread: whether all code runs in this thread, one after another. Celery's rpc:// gives each thread a reply queue
      of its own, and waits in the first one only.
    """
    try:
        for line in sys.stdin:
            if one_thread:
                answer(json.loads(line), names)
            else:
                threading.Thread(target=answer, args=(json.loads(line), names), daemon=True).start()
    finally:
        os._exit(0)
