"""Celery's own event receiver and State, in a thread."""

import threading

from celery.events.state import State


class EventWatch:
    """Is ready once the first event has come: workers send one every two seconds."""

    def __init__(self, app):
        self.app = app
        self.state = State()
        self.events = []
        self.ready = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        if not self.ready.wait(20):
            raise TimeoutError("no event came")

    def _run(self):
        with self.app.connection_for_read() as connection:
            self.app.events.Receiver(connection, handlers={"*": self._take}).capture(wakeup=False)

    def _take(self, event):
        self.state.event(event)
        self.events.append(event)
        self.ready.set()

    def of(self, id):
        """The events of one call, in the order in which they came."""
        return [event for event in self.events if event.get("uuid") == id]

    def kinds(self, id):
        return [event["type"] for event in self.of(id)]

    def from_node(self, node, kind):
        return [event for event in self.events if event["hostname"] == node and event["type"] == kind]
