"""Takes signatures that Swift has written, and does with them what Celery does.

Reads one JSON object from standard input: signatures under "signatures" and "expansions". Writes one JSON object: under
"signatures" each as `Signature.from_dict` has it, and how Python shows it; under "expansions" the messages that `apply_async`
would send, the sizes of the chords, and the result's tuple. Nothing is sent: the producer and the backend's keys are stubs.
"""

import json
import sys

from celery import Celery
from celery.canvas import Signature

app = Celery("accept", broker="memory://", backend="redis://localhost:1/0")
sent, sizes = [], []


def task(name):
    @app.task(name=name)
    def run(*args, **kwargs):
        return None
    return run


for name in ["tasks.add", "tasks.mul", "tasks.xsum", "tasks.identity"]:
    task(name)

app.amqp.__dict__["send_task_message"] = lambda P, name, message, **options: sent.append(
    {"headers": message.headers, "body": message.body,
     "queue": getattr(options.get("queue"), "name", None) or options.get("routing_key")})
app.backend.on_task_call = lambda *args, **kwargs: None
app.backend.add_pending_result = lambda *args, **kwargs: None
app.backend.set_chord_size = lambda group, size: sizes.append([group, size])
app.backend._set_chord_key = lambda key, value: None


def signature(given):
    made = Signature.from_dict(given, app=app)
    return {"dict": json.loads(json.dumps(made)), "repr": repr(made), "class": type(made).__name__}


def expansion(given):
    sent.clear()
    sizes.clear()
    result = Signature.from_dict(given, app=app).apply_async()
    return {"messages": json.loads(json.dumps(sent)), "sizes": list(sizes),
            "result": json.loads(json.dumps(result.as_tuple() if result is not None else None))}


def main():
    given = json.load(sys.stdin)
    readers = {"signatures": signature, "expansions": expansion}
    json.dump({name: [readers[name](text) for text in texts] for name, texts in given.items()}, sys.stdout)


main()
