"""Ends this process, and every child of it, when the test that started it is gone: standard input then reaches its end."""

import os
import signal
import threading


def hold_on() -> None:
    if os.getpgrp() != os.getpid():
        os.setpgrp()

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
