"""RQ beside us, on the same Redis, with its defaults: results are kept for 500 s.

    rq_peer.py URL COUNT                  prints one JSON object: rates, and latencies in ms
    rq_peer.py URL COUNT QUEUE FUNCTION   enqueues so many calls for another worker

The module that its own workers import as well: what they run stands here.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

from redis import Redis
from rq import Queue

QUEUE, BATCH = "peer", 1000


def nothing(number):
    return number


def started():
    """By the clock that all processes of a machine share."""
    return time.monotonic()


# Enqueueing


def enqueue(queue, count):
    start = time.monotonic()
    for number in range(count):
        queue.enqueue("rq_peer.nothing", number)
    return count / (time.monotonic() - start)


def enqueue_many(queue, count, function="rq_peer.nothing"):
    start = time.monotonic()
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        queue.enqueue_many([Queue.prepare_data(function, args=(number,)) for number in numbers])
    return count / (time.monotonic() - start)


# Workers


@contextmanager
def workers(count, kind, *words):
    """Stock `rq worker` programs; `kind` is its --worker-class."""
    folder = os.path.dirname(os.path.abspath(__file__))
    command = [sys.executable, "-m", "rq.cli", "worker", "--url", sys.argv[1], "--path", folder, "--quiet"]
    started = [
        subprocess.Popen(
            [*command, "--worker-class", kind, *words, QUEUE], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(count)
    ]
    try:
        yield started
    finally:
        for worker in started:
            worker.terminate()
        for worker in started:
            worker.wait()


def wait_until(condition, processes, pause):
    while not condition():
        if all(process.poll() is not None for process in processes):
            # A worker in burst mode ends when it is done; it may be between the two looks.
            if condition():
                return
            raise RuntimeError("the workers ended early")
        time.sleep(pause)


def drain(redis, queue, count, width, kind):
    """The rate at which workers empty a full queue, from the first job that left it to the last that has ended."""
    redis.flushdb()
    enqueue_many(queue, count)
    with workers(width, kind, "--burst") as processes:
        wait_until(lambda: queue.count < count, processes, 0.001)
        start = time.monotonic()
        wait_until(lambda: redis.zcard(f"rq:finished:{QUEUE}") == count, processes, 0.005)
        return count / (time.monotonic() - start)


def latencies(redis, queue, count, rate, kind):
    """How long after the call of enqueue an idle worker has started the function, in ms: median and 99th percentile."""
    redis.flushdb()
    with workers(1, kind) as processes:
        first = queue.enqueue("rq_peer.started")
        wait_until(lambda: first.get_status() == "finished", processes, 0.01)
        jobs, start = [], time.monotonic()
        for number in range(count):
            time.sleep(max(0, start + number / rate - time.monotonic()))
            jobs.append((time.monotonic(), queue.enqueue("rq_peer.started")))
        wait_until(lambda: redis.zcard(f"rq:finished:{QUEUE}") == count + 1, processes, 0.01)
        times = sorted((job.return_value() - called) * 1000 for called, job in jobs)
    return times[len(times) // 2], times[len(times) * 99 // 100]


def main():
    # Who starts us may hold signals back, and a worker that inherits that never hears that it should end.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    redis, count = Redis.from_url(sys.argv[1]), int(sys.argv[2])
    if len(sys.argv) > 3:
        enqueue_many(Queue(sys.argv[3], connection=redis), count, sys.argv[4])
        return
    queue = Queue(QUEUE, connection=redis)
    enqueue(queue, 10)
    redis.flushdb()
    figures = {"enqueue": enqueue(queue, count * 5)}
    redis.flushdb()
    figures["enqueue_many"] = enqueue_many(queue, count * 20)
    for kind, name, jobs in [("rq.Worker", "fork", count), ("rq.SimpleWorker", "simple", count * 5)]:
        for width in (1, 2):
            figures[f"{name}_{width}"] = drain(redis, queue, jobs, width, kind)
    figures["simple_p50"], figures["simple_p99"] = latencies(redis, queue, count // 2, 100, "rq.SimpleWorker")
    figures["fork_p50"], figures["fork_p99"] = latencies(redis, queue, count // 6, 20, "rq.Worker")
    redis.flushdb()
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
