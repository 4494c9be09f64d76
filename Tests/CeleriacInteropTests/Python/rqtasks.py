"""What RQ's own workers run, by its dotted name."""

import os
import time

from rq import Retry, get_current_job


class KitchenError(Exception):
    """An error of the application's own."""


def add(x, y):
    return x + y


def echo(value=None):
    return value


def shown(*args, **kwargs):
    """What Python sees of the arguments."""
    return [repr(value) for value in args] + [f"{name}={value!r}" for name, value in sorted(kwargs.items())]


def fail(message="no more eggs"):
    raise KitchenError(message)


def flaky(path, failures):
    """Fails so often, counted in a file, and then gives the number of its attempts."""
    attempt = note(path, "x")
    if attempt <= failures:
        raise KitchenError(f"attempt {attempt}")
    return attempt


def note(path, word):
    """Appends a word to a file; gives how many there are."""
    with open(path, "a+") as file:
        file.write(f"{word}\n")
        file.flush()
        file.seek(0)
        return len(file.read().split())


def hold(gate):
    """Returns when the file exists."""
    while not os.path.exists(gate):
        time.sleep(0.01)
    return "released"


def about_job():
    """What a Python worker knows of the job."""
    job = get_current_job()
    return {
        "id": job.id, "origin": job.origin, "timeout": job.timeout, "meta": job.meta, "description": job.description,
        "ttl": job.ttl, "result_ttl": job.result_ttl, "group": job.group_id,
    }


def tell(value):
    """Leaves metadata."""
    job = get_current_job()
    job.meta["told"] = value
    job.save_meta()
    return value


def ask_again(path, times):
    """Asks for another attempt itself, so often."""
    return Retry(max=times) if note(path, "x") <= times else "done"


def gave_up(job, connection, type, value, traceback):
    """A callback."""
    with open(os.environ["INTEROP_JOURNAL"], "a") as file:
        file.write(f"gave up {job.id} {value}\n")


def mark(number):
    """Says in the journal that Python ran it. The Swift worker has a task of that name as well."""
    line = f"py {number}\n".encode()
    descriptor = os.open(os.environ["INTEROP_JOURNAL"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, line)
    os.close(descriptor)
    return number


def succeeded(job, connection, result):
    """A callback."""
    with open(os.environ["INTEROP_JOURNAL"], "a") as file:
        file.write(f"succeeded {job.id} {result}\n")
