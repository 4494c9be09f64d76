"""Celery beside us, on the same servers: `celery_peer.py BROKER RESULTS COUNT enqueue|drain|canvas …`; prints one JSON
object of rates. RESULTS is a Redis; BROKER is the same one, or a RabbitMQ.

The application of its own worker as well (`celery -A celery_peer worker`), which it starts, prefork with two children.
"""

import json
import os
import signal
import subprocess
import sys
import time

import redis
from celery import Celery, chain, chord

broker, results = os.environ.get("CELERY_PEER_URLS", "").split() or sys.argv[1:3]
app = Celery("celery_peer", broker=broker, backend=results)
app.conf.update(
    broker_connection_retry_on_startup=True,
    worker_prefetch_multiplier=64,
    task_default_queue="peer",
    worker_hijack_root_logger=False,
)


@app.task(name="peer.nothing")
def nothing(number):
    return number


@app.task(name="peer.silent", ignore_result=True)
def silent(number):
    return number


@app.task(name="peer.total")
def total(numbers):
    return sum(numbers)


def enqueue(task, count):
    start = time.monotonic()
    for number in range(count):
        task.delay(number)
    return count / (time.monotonic() - start)


class RedisQueue:
    def __init__(self, server):
        self.server = server

    def waiting(self):
        return self.server.llen("peer")

    def is_drained(self):
        return self.waiting() == 0 and self.server.hlen("unacked") == 0

    def purge(self):
        self.server.flushdb()


class RabbitMQQueue:
    def __init__(self):
        self.channel = app.connection_for_write().channel()

    def waiting(self):
        return self.channel.queue_declare("peer", passive=True).message_count

    def is_drained(self):
        """The worker may hold 128 more tasks, which it gets for nothing: the server does not tell of these."""
        return self.waiting() == 0

    def purge(self):
        self.channel.queue_purge("peer")


def drain(queue, task, count):
    """The rate at which one worker empties a full queue."""
    enqueue(task, count)
    return count / worked_off(queue, queue.is_drained)


def chords(server, queue, count, parts):
    """The rate at which one worker works off chords that wait, each of so many parts."""
    ids = [chord(nothing.s(number) for number in range(parts))(total.s()).id for _ in range(count)]
    return count / worked_off(queue, lambda: recorded(server, ids))


def chain_steps(server, queue, count, steps):
    """The same of chains; counted by their steps."""
    ids = [chain(nothing.s(number), *[nothing.s()] * (steps - 1))().id for number in range(count)]
    return count * steps / worked_off(queue, lambda: recorded(server, ids))


def recorded(server, ids):
    return server.exists(*(f"celery-task-meta-{id}" for id in ids)) == len(ids)


def worked_off(queue, is_done):
    """The seconds that a worker takes, prefork with two children, from the first task that left the queue on."""
    waiting = queue.waiting()
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_peer", "worker", "-P", "prefork", "-c", "2", "-Q", "peer"]
        + ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"],
        cwd=os.path.dirname(os.path.abspath(__file__)),
        env={**os.environ, "CELERY_PEER_URLS": f"{broker} {results}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while queue.waiting() == waiting:
            time.sleep(0.001)
        start = time.monotonic()
        while not is_done():
            time.sleep(0.002)
        return time.monotonic() - start
    finally:
        worker.terminate()
        worker.wait()


def main():
    # Who starts us may hold signals back, and a worker that inherits that never hears that it should end.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    count, parts = int(sys.argv[3]), sys.argv[4:]
    server = redis.Redis.from_url(results)
    server.flushdb()
    nothing.delay(0)
    queue = RedisQueue(server) if broker == results else RabbitMQQueue()
    figures = {}

    def measure(name, rate, *arguments):
        server.flushdb()
        queue.purge()
        figures[name] = rate(*arguments)

    if "enqueue" in parts:
        measure("enqueue", enqueue, nothing, count)
    if "drain" in parts:
        measure("drain", drain, queue, nothing, count)
        measure("drain_ignored", drain, queue, silent, count)
    if "canvas" in parts:
        measure("chords", chords, server, queue, count // 100, 100)
        measure("chain_steps", chain_steps, server, queue, count // 10, 10)
    server.flushdb()
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
