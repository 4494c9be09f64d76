"""What Celery's crontab_parser makes of fields: lines `size first text` in, lines `values` or `refused` out."""

import sys

from celery.schedules import crontab_parser

for line in sys.stdin:
    size, first, text = line.rstrip("\n").split(" ")
    try:
        print(*sorted(crontab_parser(int(size), int(first)).parse(text)))
    except Exception:
        print("refused")
