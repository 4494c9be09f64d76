"""Runs a program on a terminal of its own, and prints what the terminal got, and the exit status.

    terminal.py COLUMNS UNTIL PROGRAM [WORD…]

Types ^C once the output contains UNTIL; an empty UNTIL types nothing.
"""

import fcntl
import json
import os
import pty
import struct
import sys
import termios

columns, until, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
    os.execv(command[0], command)

output = b""
waits = bool(until)
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:  # EIO: the program has ended.
        break
    if not some:
        break
    output += some
    if waits and until.encode() in output:
        waits = False
        os.write(terminal, b"\x03")
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
json.dump({"output": output.decode(), "exit": status}, sys.stdout)
