"""What Swift has Python do. Any function that `rq worker` can import will do; this one needs no RQ."""

import statistics


def describe(values, *, digits=2):
    deviation = round(statistics.stdev(values), digits) if len(values) > 1 else None
    return {
        "count": len(values),
        "mean": round(statistics.fmean(values), digits),
        "median": round(statistics.median(values), digits),
        "deviation": deviation,
    }
