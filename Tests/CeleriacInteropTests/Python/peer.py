"""A Python process with Celery at hand, which runs what the tests tell it.

A line of JSON {"id": n, "code": text} comes in, a line {"id": n, "value": v} or {"id": n, "error": {…}} goes out. The code
is a body of statements; the value is that of its last expression. Each runs in a thread and a scope of its own.
"""

import ast
import base64
import datetime
import json
import math
import os
import subprocess
import sys
import threading
import time
import traceback
import types
import urllib.error
import urllib.parse
import urllib.request
import uuid
from decimal import Decimal

import celery
import kombu
import redis as redis_package
from celery import chain, chord, group, states
from celery.result import AsyncResult, GroupResult

import tasks
from stubs import swift
from watch import EventWatch

app = tasks.app
control, inspect = app.control, app.control.inspect
redis = redis_package.Redis.from_url(tasks.URL)
shared = types.SimpleNamespace()
output = threading.Lock()


def result(id):
    return AsyncResult(id, app=app)


def wait_until(condition, timeout=20.0):
    """Polls a condition that no one announces; gives its value."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError("the condition did not come true")
        time.sleep(0.01)
    return value


def call(task, *args, kwargs=None, **options):
    """Sends a call with options and waits for its result."""
    return task.apply_async(args, kwargs or {}, **options).get(timeout=20)


def there_and_back(value, expected=None):
    """Whether a Swift worker gives back the same value of the same type; else what came instead."""
    came, meant = swift.echo.delay(value).get(timeout=20), value if expected is None else expected
    return True if in_order(came) == in_order(meant) else f"{meant!r} became {came!r}"


def in_order(value):
    """As text in which the order of keys, which JSON does not keep, makes no difference."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {in_order(item)}" for key, item in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_order, value)) + "]"
    return repr(value)


def raised(result, *args, **kwargs):
    """What waiting for a result raises: module, class, text."""
    try:
        result.get(*args, timeout=20, **kwargs)
    except Exception as error:
        return [type(error).__module__, type(error).__name__, str(error)]
    return "nothing was raised"


def state_of(result, *expected):
    """Waits until the result is in one of these states; gives it."""
    return wait_until(lambda: result.state in expected and result.state)


def scratch(name):
    """A path in the folder of this test run."""
    return os.path.join(os.path.dirname(os.environ["INTEROP_JOURNAL"]), name)


def lines_of(path):
    return open(path).read().split() if os.path.exists(path) else []


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def raw(queue="celery", headers=None, **envelope):
    """Puts a message of our own making into a queue; gives its id."""
    id = str(uuid.uuid4())
    message = {
        "body": b64('[[1, 2], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]'),
        "content-encoding": "utf-8", "content-type": "application/json",
        "headers": {"lang": "py", "task": "swift.add", "id": id, "retries": 0, **(headers or {})},
        "properties": {
            "correlation_id": id, "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": queue},
            "priority": 0, "body_encoding": "base64", "delivery_tag": str(uuid.uuid4()),
        },
        **envelope,
    }
    redis.lpush(queue, json.dumps(message))
    return id


def foreign(content_type, body):
    """A message as a producer with another serializer writes it."""
    encoding = "binary" if isinstance(body, bytes) else "utf-8"
    return raw(body=b64(body), **{"content-type": content_type, "content-encoding": encoding})


def message_of(result):
    """What Redis holds of a result."""
    return json.loads(redis.get(f"celery-task-meta-{result.id}") or "null")


def fetch(path, body=None, missing=None, **form):
    """A page of Flower; posts if there is something to post."""
    data = json.dumps(body).encode() if body is not None else urllib.parse.urlencode(form).encode() if form else None
    try:
        with urllib.request.urlopen(shared.flower + path, data=data, timeout=20) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return missing or ""
        raise RuntimeError(f"{path}: {error.code} {error.read().decode()[:500]}") from error
    except urllib.error.URLError:
        return missing or ""


def celery_program(*words):
    """What `celery -A tasks …` prints."""
    done = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "tasks", "--no-color", *words], capture_output=True, text=True, timeout=50,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout + done.stderr


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


def run(code):
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    scope = dict(globals())
    exec(compile(tree, "<check>", "exec"), scope)
    return eval(compile(ast.Expression(last.value), "<check>", "eval"), scope) if last else None


def answer(request):
    try:
        reply = {"id": request["id"], "value": plain(run(request["code"]))}
    except BaseException as error:
        reply = {
            "id": request["id"],
            "error": {"type": type(error).__name__, "module": type(error).__module__, "message": str(error),
                      "traceback": traceback.format_exc()},
        }
    with output:
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def main():
    app.set_default()
    for line in sys.stdin:
        threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    finally:
        os._exit(0)
