"""Measures Huey on SQLite with its defaults: `huey_peer.py DATABASE COUNT`; prints one JSON object of rates."""
import json
import sys
import threading
import time

from huey import SqliteHuey

path, count = sys.argv[1], int(sys.argv[2])
huey = SqliteHuey("peer", filename=path)
done = threading.Semaphore(0)


@huey.task()
def nothing(number):
    done.release()
    return number


start = time.monotonic()
for number in range(count):
    nothing(number)
enqueue = count / (time.monotonic() - start)

# The consumer as `huey_consumer` makes it, with two worker threads; results are kept, as is its default.
consumer = huey.create_consumer(workers=2, periodic=False, check_worker_health=False)
start = time.monotonic()
consumer.start()
for _ in range(count):
    done.acquire()
drain = count / (time.monotonic() - start)
print(json.dumps({"enqueue": enqueue, "drain": drain}), flush=True)
consumer.stop(graceful=False)
import os

os._exit(0)
