"""A Python process with Celery at hand, which runs what the tests tell it.

What comes in and goes out says answering.py.
"""

import base64
import datetime
import json
import os
import subprocess
import sys
import threading
import time
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

import answering
import tasks
from answering import lines_of, scratch, wait_until
from stubs import swift
from watch import EventWatch

app = tasks.app
control, inspect = app.control, app.control.inspect
redis = redis_package.Redis.from_url(tasks.URL) if tasks.URL.startswith("redis") else None  # rpc:// has no server
shared = types.SimpleNamespace()


def result(id):
    return AsyncResult(id, app=app)


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


def states_of(result, on_state=None):
    """Waits for a result of rpc://; gives the states that were sent before it and its own, and the result."""
    seen = []

    def take(message):
        seen.append(message["status"])
        if on_state:
            on_state(message)

    value = result.get(timeout=20, on_message=take, propagate=False)
    return [seen, value]


def state_of(result, *expected):
    """Waits until the result is in one of these states; gives it."""
    return wait_until(lambda: result.state in expected and result.state)


def leaves(result):
    """The results of single calls in the order of their groups."""
    return [leaf for part in result.results for leaf in leaves(part)] if isinstance(result, GroupResult) else [result]


def end_of(result):
    """The state in which it ends, and whether it is for the ValueError of a call."""
    wait_until(result.ready)
    return f"{result.state} ValueError" if "ValueError" in repr(result.result) else result.state


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


if __name__ == "__main__":
    app.set_default()
    answering.serve(globals(), one_thread=tasks.URL.startswith("rpc"))
