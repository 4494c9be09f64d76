"""What a Python app declares of tasks that a Swift worker runs: names and options, never bodies."""

import types

from tasks import app


def stub(name, **options):
    def body(*args, **kwargs):
        raise NotImplementedError(f"{name} lives in Swift")

    return app.task(body, name=name, typing=False, **options)


swift = types.SimpleNamespace(
    add=stub("swift.add"),
    echo=stub("swift.echo"),
    kinds=stub("swift.kinds"),
    greet=stub("swift.greet"),
    fail=stub("swift.fail"),
    value_error=stub("swift.value_error"),
    flaky=stub("swift.flaky"),
    retry_in=stub("swift.retry_in"),
    hopeless=stub("swift.hopeless"),
    progress=stub("swift.progress"),
    hold=stub("swift.hold"),
    stubborn=stub("swift.stubborn"),
    trap=stub("swift.trap"),
    exit=stub("swift.exit"),
    spin=stub("swift.spin"),
    describe=stub("swift.describe"),
    person=stub("swift.person"),
    spawn=stub("swift.spawn"),
    note=stub("swift.note"),
    ignored=stub("swift.ignored", ignore_result=True),
    reject=stub("swift.reject"),
    limited=stub("swift.limited"),
    delegate=stub("swift.delegate"),
    extend=stub("swift.extend"),
    mark=app.tasks["mixed.mark"],
)
