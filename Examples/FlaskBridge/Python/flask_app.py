"""The Flask app of every tutorial. Who does the work is none of its business: it is a Swift program."""

import os

from celery.result import AsyncResult
from flask import Flask, jsonify, request, url_for
from werkzeug.serving import make_server

from bridge_tasks import reports
from celery_app import celery

app = Flask(__name__)


@app.post("/reports")
def make_report():
    wanted = request.get_json(silent=True)
    title = wanted.get("title") if isinstance(wanted, dict) else None
    pages = wanted.get("pages", 5) if isinstance(wanted, dict) else None
    if not isinstance(title, str) or type(pages) is not int or not 1 <= pages <= 1000:
        return jsonify(error="send a title, and if you like a number of pages from 1 to 1000"), 400
    report = reports.make.delay(title, pages=pages)
    place = url_for("show_report", id=report.id)
    return jsonify(id=report.id), 202, {"Location": place}


@app.get("/reports/<uuid:id>")
def show_report(id):
    result = AsyncResult(str(id), app=celery)
    view = {"id": result.id, "state": result.state}
    if result.state == "PROGRESS":
        view["progress"] = result.info
    elif result.state == "SUCCESS":
        view["result"] = result.result
    elif result.state in ("FAILURE", "REVOKED"):
        view["error"] = type(result.result).__name__
    return jsonify(view)


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(os.environ.get("PORT", "5000")), app, threaded=True)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
