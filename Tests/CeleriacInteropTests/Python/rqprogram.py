"""A program of RQ's, `rq …` or `rq-dashboard …`, that ends with the test that started it."""

import sys

import lifeline

if __name__ == "__main__":
    lifeline.hold_on()
    if sys.argv[1] == "rq":
        from rq.cli import main
    else:
        from rq_dashboard.cli import main
    sys.argv = sys.argv[1:]
    main()
