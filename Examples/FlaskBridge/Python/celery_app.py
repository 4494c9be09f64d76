"""The Celery app of the Python side, and the task that Swift calls: celery -A celery_app:celery worker -Q python"""

import os

from celery import Celery

BROKER = os.environ.get("CELERIAC_BROKER_URL", "redis://localhost:6379/0")
RESULTS = os.environ.get("CELERIAC_RESULT_BACKEND", BROKER)

celery = Celery("bridge", broker=BROKER, backend=RESULTS)
# Each language has its queue, so that none takes the other's calls.
celery.conf.task_default_queue = "python"
celery.conf.broker_connection_retry_on_startup = True


@celery.task(name="texts.summary")
def summary(text, *, limit=3):
    words = text.split()
    return {"words": len(words), "longest": max(words, key=len, default=None), "start": " ".join(words[:limit])}
