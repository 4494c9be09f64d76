"""A Flask app that leaves the slow work to RQ. Who does it is none of its business: it is a Swift program."""

import os

from flask import Flask, jsonify, request, url_for
from redis import Redis
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from werkzeug.serving import make_server

app = Flask(__name__)
redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))
# A queue that only Swift's workers serve. A function is named by a text, since there is none to import.
swift = Queue("swift", connection=redis)


def is_number(value):
    return type(value) in (int, float) and abs(value) < 1e300


@app.post("/charts")
def order_chart():
    wanted = request.get_json(silent=True)
    title = wanted.get("title") if isinstance(wanted, dict) else None
    values = wanted.get("values") if isinstance(wanted, dict) else None
    # That there is a value is not checked: the Swift task has a bug there, to show what becomes of it.
    if not isinstance(title, str) or not isinstance(values, list) or not all(map(is_number, values)):
        return jsonify(error="send a title, and a list of numbers as values"), 400
    job = swift.enqueue("charts.draw", title=title, values=values)
    return jsonify(id=job.id), 202, {"Location": url_for("show_chart", id=job.id)}


@app.get("/charts/<uuid:id>")
def show_chart(id):
    try:
        job = Job.fetch(str(id), connection=redis)
    except NoSuchJobError:
        return jsonify(error="there is no such chart, or it is too long ago"), 404
    # As it was fetched; job.is_finished would look again.
    status = job.get_status(refresh=False).value
    view = {"id": job.id, "status": status}
    if status == "finished":
        view["result"] = job.return_value()
    elif status == "failed":
        view["error"] = job.latest_result().exc_string.strip().splitlines()[-1]
    elif job.meta:
        view["progress"] = job.meta
    return jsonify(view)


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(os.environ.get("PORT", "5000")), app, threaded=True)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
