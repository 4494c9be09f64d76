"""A Python process with RQ at hand, which runs what the tests tell it: see answering.py."""

import datetime
import json
import os
import pickle
import subprocess
import sys
import threading
import time
import types
import urllib.error
import urllib.request
import uuid
import zlib
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from redis import Redis
from rq import Callback, Queue, Repeat, Retry, Webhook, Worker
from rq.cron import CronScheduler, get_cron_job_ids
from rq.command import send_kill_horse_command, send_shutdown_command, send_stop_execution_command, send_stop_job_command
from rq.exceptions import DuplicateJobError
from rq.executions import Execution
from rq.group import Group
from rq.job import Dependency, Job
from rq.rate_limit import RateLimit, RateLimitRegistry
from rq.registry import (
    CanceledJobRegistry, DeferredJobRegistry, FailedJobRegistry, FinishedJobRegistry, ScheduledJobRegistry,
    StartedJobRegistry)
from rq.results import Result
from rq.serializers import DefaultSerializer, JSONSerializer
from rq.suspension import is_suspended, resume, suspend

import answering
from answering import lines_of, scratch, wait_until

URL = os.environ["INTEROP_URL"]
redis = Redis.from_url(URL)
shared = types.SimpleNamespace()


def queue(name="default", serializer=None, connection=redis):
    return Queue(name, connection=connection, serializer=serializer)


jobs, json_jobs, single = queue(), queue(serializer=JSONSerializer), queue("single")


def fetch_job(id, serializer=None):
    return Job.fetch(id, connection=redis, serializer=serializer)


def status(job):
    return job.get_status(refresh=True).value


def status_of(job, *expected):
    """Waits until the job is in one of these states; gives it."""
    return wait_until(lambda: (s := status(job)) in expected and s)


def ended(job):
    """Waits for the end of a job; gives it as it then is."""
    status_of(job, "finished", "failed", "stopped", "canceled")
    job.refresh()
    return job


def result(job):
    """Waits for the latest result, whatever has become of the job itself."""
    return wait_until(lambda: Result.fetch_latest(job, job.serializer))


def value(job):
    return ended(job).return_value()


def call(function, *args, queue=jobs, **options):
    """Enqueues, and waits for the value."""
    return value(queue.enqueue(function, *args, **options))


def reason(job):
    """The last line of what a failed job says."""
    ended(job)
    return job.latest_result().exc_string.strip().splitlines()[-1]


def there_and_back(value, expected=None, queue=jobs):
    """Whether a Swift worker gives back the same value of the same type; else what came instead."""
    came, meant = call("swift.echo", value, queue=queue), value if expected is None else expected
    return True if in_order(came) == in_order(meant) else f"{meant!r} became {came!r}"


def there_and_back_in_json(value, expected=None):
    return there_and_back(value, expected, json_jobs)


def in_order(value):
    """As text in which the order of keys makes no difference."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {in_order(item)}" for key, item in sorted(value.items(), key=repr)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_order, value)) + "]"
    return repr(value)


def gate():
    return scratch(f"gate-{uuid.uuid4()}")


def open_gate(path):
    open(path, "w").close()


def held(queue=jobs, **options):
    """A job that runs, and the gate that it waits for."""
    path = gate()
    job = queue.enqueue("swift.hold", path, **options)
    status_of(job, "started")
    return job, path


def raw(id=None, queue="other", **fields):
    """Puts a job of our own making into a queue; gives its id. A field that is None is left out.

    Not into `default`: what RQ itself cannot read would be in the way of others that look there.
    """
    id = id or str(uuid.uuid4())
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    hash = {
        "data": zlib.compress(json.dumps(["swift.add", None, [2, 3], {}]).encode()), "status": "queued",
        "origin": queue, "created_at": now, "enqueued_at": now, "timeout": "180", **fields,
    }
    redis.hset(f"rq:job:{id}", mapping={name: value for name, value in hash.items() if value is not None})
    redis.sadd("rq:queues", f"rq:queue:{queue}")
    redis.rpush(f"rq:queue:{queue}", id)
    return id


def field(id, name):
    came = redis.hget(f"rq:job:{id}", name)
    return came.decode() if came is not None else None


def refused(id, queue="other"):
    """Waits until a damaged job lies with the failed ones; gives the reason. Works on what Job.fetch cannot read."""
    wait_until(lambda: redis.zscore(f"rq:failed:{queue}", id))
    entries = redis.xrevrange(f"rq:results:{id}", count=1)
    text = zlib.decompress(__import__("base64").b64decode(entries[0][1][b"exc_string"])).decode() if entries else ""
    return [field(id, "status"), text.strip().splitlines()[-1] if text else field(id, "celeriac_reason")]


def rq(*words):
    """What `rq …` prints."""
    done = subprocess.run(
        [sys.executable, "-c", "from rq.cli import main; main()", *words, "-u", URL], capture_output=True, text=True,
        timeout=50, stdin=subprocess.DEVNULL,
    )
    return done.stdout + done.stderr


def fetch(path, data=None):
    """A page of the dashboard."""
    with urllib.request.urlopen(shared.dashboard + path, data=data, timeout=20) as answer:
        return answer.read().decode()


def sink():
    """An HTTP server that keeps what it is told; gives its address and the list of requests."""
    requests = []

    class Keeper(BaseHTTPRequestHandler):
        def keep(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            requests.append((self.command, self.path, dict(self.headers), body))
            self.send_response(200)
            self.end_headers()

        do_GET = do_POST = keep

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", requests


def told_of(job):
    """What callbacks have left in the journal of it."""
    return [line.replace(job.id, "ID") for line in open(scratch("journal")).read().splitlines() if job.id in line]


def dashboard_answers():
    try:
        return fetch("/")
    except urllib.error.URLError:
        return None


if __name__ == "__main__":
    answering.serve(globals())
