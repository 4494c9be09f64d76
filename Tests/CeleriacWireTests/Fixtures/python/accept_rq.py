"""Reads what Swift has written with the real RQ and the real pickle, and tells what they make of it.

Reads one JSON object from standard input: lists under "pickles" (base64), "jobs", "results", "executions", "workers",
"schedulers", "crons" (objects of base64), "commands" (texts), "descriptions" (calls), and under "dumps" numbers from which
values are made. Writes one JSON object of the same names to standard output.
"""

import base64
import datetime
import decimal
import json
import pickle
import random
import sys
import uuid

from pickles import dumps, stripped
from redis import Redis
from rq.command import parse_payload
from rq.cron import CronScheduler
from rq.executions import Execution
from rq.job import Job
from rq.results import Result
from rq.scheduler import RQScheduler
from rq.serializers import resolve_serializer
from rq.utils import get_call_string
from rq.worker import Worker

# Never connected to.
nowhere = Redis(port=1)


def packed(value):
    if isinstance(value, str):
        value = value.encode()
    return base64.b64encode(value if isinstance(value, bytes) else str(value).encode()).decode()


def fields(value):
    return {name.encode(): base64.b64decode(text) for name, text in value.items()}


def written(fields):
    return {name: packed(value) for name, value in fields.items()}


def text_of(value):
    return dumps(stripped(value), ensure_ascii=False)


def unpickled(text):
    value = pickle.loads(base64.b64decode(text))
    return {"json": text_of(value), "type": type(value).__name__, "again": packed(pickle.dumps(value, 5))}


def job(value):
    serializer = resolve_serializer(value["serializer"])
    job = Job(value["id"], connection=nowhere, serializer=serializer)
    job.restore(fields(value["fields"]))
    data = serializer.dumps((job.func_name, job.instance, tuple(job.args), job.kwargs))
    told = {"func": job.func_name, "args": text_of(job.args), "kwargs": text_of(job.kwargs), "meta": text_of(job.meta),
            "status": job.get_status(refresh=False).value, "data": packed(data), "types": [type(arg).__name__ for arg in job.args],
            "success": job._success_callback_name, "webhooks": [webhook.url for webhook in job.webhooks or []],
            "dependencies": job._dependency_ids, "timeout": job.timeout, "exc_info": job._exc_info}
    job.data = data
    told["written"] = written(job.to_dict())
    return told


def result(value):
    result = Result.restore("j", "1795336575299-0", fields(value["fields"]), nowhere, resolve_serializer(value["serializer"]))
    result.serializer = resolve_serializer(value["serializer"])
    return {"type": result.type.name, "value": text_of(result.return_value), "exc_string": result.exc_string,
            "created_at": result.created_at.timestamp(), "written": written(result.serialize())}


def execution(value):
    execution = Execution("e", "j", nowhere)
    execution.restore(fields(value))
    return written(execution.serialize())


class Hash:
    def __init__(self, fields):
        self.fields = fields

    def hgetall(self, key):
        return self.fields


def worker(value):
    worker = Worker.__new__(Worker)
    worker.name, worker.connection = "w", Hash(fields(value))
    worker.queue_class = lambda name, **_: type("Queue", (), {"name": name})
    worker.job_class = worker.serializer = None
    worker.refresh()
    return {"written": written(worker.serialize()), "state": worker._state, "failed": worker.failed_job_count,
            "successful": worker.successful_job_count, "time": worker.total_working_time}


def scheduler(value):
    scheduler = RQScheduler.__new__(RQScheduler)
    scheduler.name = "s"
    scheduler.restore(fields(value))
    return written(scheduler.to_dict())


def cron(value):
    scheduler = CronScheduler(nowhere, name="c")
    scheduler.restore(fields(value))
    return written(scheduler.to_dict())


def description(value):
    return get_call_string(value["func"], value["args"], value["kwargs"], max_length=75)


def made(seed):
    """A value made from a number, in all protocols."""
    value = anything(random.Random(seed), 3)
    return {"json": text_of(value), "pickles": [packed(pickle.dumps(value, protocol)) for protocol in range(6)]}


def anything(rng, depth):
    kind = rng.randrange(22 if depth > 0 else 14)
    if kind == 0:
        return None
    if kind == 1:
        return rng.random() < 0.5
    if kind == 2:
        return rng.randrange(-300, 70000)
    if kind == 3:
        return rng.getrandbits(rng.choice([31, 32, 33, 63, 64, 65, 200, 2100])) * rng.choice([1, -1])
    if kind == 4:
        return rng.choice([rng.random(), rng.uniform(-1e300, 1e300), float("inf"), -0.0, 5e-324])
    if kind in (5, 6):
        return "".join(rng.choice("ab\n\\'\"\x00\xe9\xff\u65e5\U0001f389") for _ in range(rng.randrange(20)))
    if kind == 7:
        return rng.randbytes(rng.randrange(300))
    if kind == 8:
        zone = rng.choice([None, datetime.timezone.utc, datetime.timezone(datetime.timedelta(seconds=rng.randrange(-86399, 86400)))])
        return datetime.datetime.fromtimestamp(rng.randrange(-6 * 10**10, 2 * 10**11), datetime.timezone.utc).replace(
            tzinfo=zone, microsecond=rng.choice([0, rng.randrange(10**6)]))
    if kind == 9:
        return datetime.date.fromordinal(rng.randrange(1, 3652059))
    if kind == 10:
        return datetime.time(rng.randrange(24), rng.randrange(60), rng.randrange(60), rng.randrange(10**6))
    if kind == 11:
        return datetime.timedelta(rng.randrange(-10**4, 10**4), rng.randrange(10**5), rng.randrange(10**6))
    if kind == 12:
        return decimal.Decimal(rng.randrange(-10**12, 10**12)).scaleb(rng.randrange(-20, 20))
    if kind == 13:
        return uuid.UUID(int=rng.getrandbits(128))
    if kind in (14, 15):
        return [anything(rng, depth - 1) for _ in range(rng.randrange(5))]
    if kind == 16:
        return tuple(anything(rng, depth - 1) for _ in range(rng.randrange(5)))
    if kind == 17:
        return {rng.randrange(100) for _ in range(rng.randrange(5))}
    if kind == 18:
        return frozenset("k%d" % rng.randrange(100) for _ in range(rng.randrange(3)))
    if kind == 19:
        same = anything(rng, depth - 1)
        return [same, same, {"same": same}]
    return {rng.choice(["key%d" % n, n, n + 0.5]): anything(rng, depth - 1) for n in range(rng.randrange(5))}


def main():
    given = json.load(sys.stdin)
    readers = {"pickles": unpickled, "jobs": job, "results": result, "executions": execution, "workers": worker,
               "schedulers": scheduler, "crons": cron, "descriptions": description, "dumps": made,
               "commands": lambda text: parse_payload({"data": text.encode()})}
    json.dump({name: [readers[name](value) for value in values] for name, values in given.items()}, sys.stdout)


main()
