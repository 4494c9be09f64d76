"""The stock Celery app of the tests: what its workers run, and what the tests tell them by environment.

INTEROP_URL       result backend, and broker unless INTEROP_BROKER names another one
INTEROP_SETTINGS  further Celery settings, as JSON
INTEROP_JOURNAL   file that mixed.mark writes into
INTEROP_BROADCAST name of a broadcast queue, served besides the others
"""

import datetime
import decimal
import json
import os
import signal
import sys
import time
import uuid

from celery import Celery
from celery.signals import worker_ready
from kombu import Queue
from kombu.common import Broadcast

URL = os.environ["INTEROP_URL"]
app = Celery("interop", broker=os.environ.get("INTEROP_BROKER", URL), backend=URL)
app.conf.update(
    worker_send_task_events=True,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    result_expires=3600,
)
app.conf.update(json.loads(os.environ.get("INTEROP_SETTINGS", "{}")))

if broadcast := os.environ.get("INTEROP_BROADCAST"):
    app.conf.task_queues = [Queue("celery"), Broadcast(broadcast)]


@worker_ready.connect
def say_ready(**_):
    sys.__stdout__.write("ready\n")  # Celery sends what is printed to its log.
    sys.__stdout__.flush()


class AppError(Exception):
    """An error of the application's own."""


class Outer:
    class NestedError(Exception):
        pass


def wait_for(gate: str) -> None:
    """Returns when the file exists."""
    while not os.path.exists(gate):
        time.sleep(0.01)


def write_journal(line: str) -> None:
    descriptor = os.open(os.environ["INTEROP_JOURNAL"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, line.encode() + b"\n")
    os.close(descriptor)


@app.task(name="py.add")
def add(x, y):
    return x + y


@app.task(name="py.echo")
def echo(value=None):
    return value


@app.task(name="py.repr")
def as_repr(*args, **kwargs):
    """What Python made of the arguments."""
    return [repr(value) for value in args] + [f"{name}={value!r}" for name, value in sorted(kwargs.items())]


@app.task(name="py.values")
def values():
    """One of every kind that kombu tags."""
    return {
        "when": datetime.datetime(2026, 11, 22, 8, 10, 0, 123456, tzinfo=datetime.timezone.utc),
        "id": uuid.UUID("12345678-1234-5678-1234-567812345678"),
        "price": decimal.Decimal("19.99"),
        "text": b"plain",
        "bytes": b"\xff\x00",
        "huge": 2**80,
        "one": 1.0,
    }


@app.task(name="py.person")
def person(name, age):
    return {"name": name, "age": age, "tags": ["a", "b"]}


@app.task(name="py.date")
def date():
    return datetime.datetime(2026, 11, 22, 8, 10, 0, 500000, tzinfo=datetime.timezone.utc)


@app.task(name="py.uuid")
def some_uuid():
    return uuid.UUID("12345678-1234-5678-1234-567812345678")


@app.task(name="py.fail")
def fail(kind="ValueError", *args):
    raise {
        "ValueError": ValueError, "KeyError": KeyError, "AppError": AppError, "NestedError": Outer.NestedError,
        "ZeroDivisionError": ZeroDivisionError,
    }[kind](*args)


@app.task(name="py.retry", bind=True, max_retries=5)
def retry(self, times, countdown=0.05):
    if self.request.retries < times:
        raise self.retry(countdown=countdown, exc=AppError("not yet"))
    return self.request.retries


@app.task(name="py.retry_after", bind=True, max_retries=1)
def retry_after(self, countdown):
    raise self.retry(countdown=countdown, exc=AppError("later"))


@app.task(name="py.progress", bind=True)
def progress(self, gate):
    self.update_state(state="PROGRESS", meta={"fraction": 0.5, "note": "half"})
    wait_for(gate)
    return "done"


@app.task(name="py.custom_state", bind=True)
def custom_state(self, state, meta, gate):
    self.update_state(state=state, meta=meta)
    wait_for(gate)


@app.task(name="py.hold")
def hold(gate):
    wait_for(gate)
    return "released"


@app.task(name="py.spin")
def spin(gate):
    """Busy until the gate opens."""
    while not os.path.exists(gate):
        pass


@app.task(name="py.request", bind=True)
def request(self, *args, **kwargs):
    """What a Python worker knows of the call."""
    r = self.request
    return {
        "id": r.id, "task": r.task, "retries": r.retries, "eta": r.eta, "expires": r.expires, "timelimit": r.timelimit,
        "root_id": r.root_id, "parent_id": r.parent_id, "group": r.group, "shadow": r.shadow, "origin": r.origin,
        "reply_to": r.reply_to, "correlation_id": r.correlation_id, "delivery_info": dict(r.delivery_info or {}),
        "argsrepr": r.argsrepr, "kwargsrepr": r.kwargsrepr, "ignore_result": r.ignore_result,
        "headers": r.headers, "compression": getattr(r, "compression", None), "lang": getattr(r, "lang", None),
        "callbacks": r.callbacks, "errbacks": r.errbacks, "chain": r.chain, "chord": r.chord,
        "delivery_mode": (r.properties or {}).get("delivery_mode"),
    }


@app.task(name="py.note")
def note(journal, word):
    """Appends a word to a file: the order of starts."""
    with open(journal, "a") as file:
        file.write(word + "\n")


@app.task(name="py.spawn", bind=True)
def spawn(self, name, *args):
    """Sends another call while it runs."""
    return self.app.send_task(name, args).id


@app.task(name="py.delegate", bind=True)
def delegate(self, signature):
    """Ends by another call in its place."""
    return self.replace(self.app.signature(signature))


@app.task(name="py.extend", bind=True)
def extend(self, value, signature):
    """Adds another call to the chord that this one is part of."""
    self.add_to_chord(self.app.signature(signature))
    return value


@app.task(name="py.last_breath", bind=True, acks_late=True)
def last_breath(self, value):
    """Its process is killed when it has claimed the chord, before it publishes the body."""
    self.backend._chord_claim_extend_script = lambda **_: os.kill(os.getpid(), signal.SIGKILL)
    return value


@app.task(name="py.ignored", ignore_result=True)
def ignored(value):
    return value


@app.task(name="py.soft", soft_time_limit=60)
def soft():
    from celery.exceptions import SoftTimeLimitExceeded

    try:
        time.sleep(60)
    except SoftTimeLimitExceeded:
        return "asked to stop"


@app.task(name="shape.node")
def node(given=None, *, letter, run, fails=False):
    """Says in the journal that Python ran it, and gives its letter with what it was given."""
    write_journal(f"py {run} {letter}")
    if fails:
        raise ValueError(letter)
    return letter if given is None else [letter, given]


@app.task(name="mixed.mark", acks_late=True)
def mark(number, pause=0.0):
    """Says in the journal that Python ran it."""
    write_journal(f"py {number}")
    if pause:
        time.sleep(pause)
    return number


@app.task(name="mixed.hold", acks_late=True)
def mixed_hold(number, gate):
    """Says in the journal that Python ran it, and waits for the gate."""
    write_journal(f"py {number}")
    wait_for(gate)
    return number


if {"worker", "flower"} & set(sys.argv):
    import lifeline

    lifeline.hold_on()
