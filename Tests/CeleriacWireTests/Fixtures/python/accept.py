"""Reads what Swift has written with the real Celery and kombu, and tells what they make of it.

Reads one JSON object from standard input: lists of texts under "messages", "results", "events", "commands", "replies",
and of JSON values under "reprs". Writes one JSON object of the same names to standard output.
"""

import json
import sys

from celery import Celery
from celery.events.state import State
from celery.result import AsyncResult
from celery.utils.saferepr import saferepr
from celery.worker.request import Request
from kombu import Connection
from kombu.pidbox import Mailbox
from kombu.utils.json import loads

app = Celery("accept", broker="memory://", backend="cache+memory://")
app.conf.accept_content = ["json"]


@app.task(name="tasks.add")
def add(*args, **kwargs):
    return None


channel = Connection("memory://").channel()


def received(text):
    """As kombu's Redis transport: the text of a list element becomes a message."""
    message = channel.Message(loads(text), channel=channel)
    message.properties["delivery_info"]["exchange"], message.properties["delivery_info"]["routing_key"]
    return message


def message(text):
    request = Request(received(text), app=app, task=add, hostname="w@h")
    args, kwargs, embed = request._payload
    return {
        "id": request.id, "name": request.name, "args": repr(args), "kwargs": repr(kwargs), "embed": embed,
        "argsrepr": request.argsrepr, "kwargsrepr": request.kwargsrepr, "eta": str(request.eta),
        "expires": str(request.expires), "time_limits": request.time_limits, "correlation_id": request.correlation_id,
        "reply_to": request.reply_to, "parent_id": request.parent_id, "root_id": request.root_id,
        "group": request.group, "group_index": request.group_index, "retries": request.request_dict["retries"],
        "delivery_info": request.delivery_info, "ignore_result": request.ignore_result,
        "stamps": request.stamps, "stamped_headers": request.stamped_headers,
        "redelivered": request.delivery_info.get("redelivered"),
    }


def result(text):
    backend = app.backend
    id = json.loads(text)["task_id"]
    backend.set(backend.get_key_for_task(id), text.encode())
    answer = AsyncResult(id, app=app)
    told = {"state": answer.state, "info": repr(answer.result), "traceback": answer.traceback,
            "children": [str(child.id) for child in answer.children or []], "name": answer.name,
            "args": answer.args, "kwargs": answer.kwargs, "worker": answer.worker, "retries": answer.retries,
            "queue": answer.queue, "date_done": str(answer.date_done), "ready": answer.ready()}
    if answer.ready():
        try:
            told["returned"] = repr(answer.get(timeout=1, disable_sync_subtasks=False))
        except BaseException as error:
            told["raised"] = type(error).__module__ + "." + type(error).__qualname__
            told["arguments"] = repr(error.args)
    return told


def events(text):
    body = received(text).payload
    state = State()
    for event in body if isinstance(body, list) else [body]:
        event.setdefault("local_received", event["timestamp"])
        state.event(event)
    return {"workers": sorted(state.workers), "alive": [worker.alive for worker in state.workers.values()],
            "tasks": {task.uuid: [task.name, task.state, task.args, task.result] for task in state.tasks.values()}}


def command(text):
    node = Mailbox("celery", type="fanout").Node("w@h")
    ran = []
    node.handlers["ping"] = lambda state, **arguments: ran.append(arguments)
    message = received(text)
    body = dict(message.payload)
    reply_to, ticket = body.pop("reply_to", None), body.get("ticket")
    node.handle_message(body, message)
    return {"ran": ran, "reply_to": reply_to, "ticket": ticket, "clock": message.headers["clock"]}


def reply(text):
    message = received(text)
    return {"ticket": message.headers["ticket"], "body": message.payload}


def main():
    given = json.load(sys.stdin)
    readers = {"messages": message, "results": result, "events": events, "commands": command, "replies": reply,
               "reprs": lambda value: [saferepr(tuple(value), 1024), saferepr(value, 1024)],
               "exceptions": lambda value: repr(type(value[0], (Exception,), {})(*value[1:]))}
    json.dump({name: [readers[name](text) for text in texts] for name, texts in given.items()}, sys.stdout)


main()
