import Celeriac
import CeleriacCore
import Testing

extension Interop.PythonCallsSwift {
    @Test("states and results", .timeLimit(.minutes(15)), arguments: states)
    func state(_ check: PythonCheck) async throws { try await expect(check, ["node": fleet.swiftNode]) }

    static let states: [PythonCheck] = [
        PythonCheck("an unknown task raises NotRegistered", gives: ["celery.exceptions", "NotRegistered"]) {
            "raised(app.send_task('swift.no_such_task'))[:2]"
        },
        PythonCheck(
            "a Swift error is raised as an exception of its name, with its words",
            gives: ["KitchenError", "no more eggs"]
        ) {
            "raised(swift.fail.delay())[1:]"
        },
        PythonCheck("a ValueError thrown in Swift is caught as ValueError", gives: "caught: bad value") {
            """
            try:
                value = swift.value_error.delay('bad value').get(timeout=20)
            except ValueError as error:
                value = f'caught: {error}'
            value
            """
        },
        PythonCheck("failed(), successful(), ready() and state tell a failure", gives: [true, false, true, "FAILURE"]) {
            """
            failed = swift.fail.delay()
            failed.get(propagate=False, timeout=20)
            [failed.failed(), failed.successful(), failed.ready(), failed.state]
            """
        },
        PythonCheck("failed(), successful(), ready() and state tell a success", gives: [false, true, true, "SUCCESS"]) {
            """
            good = swift.add.delay(1, 1)
            good.get(timeout=20)
            [good.failed(), good.successful(), good.ready(), good.state]
            """
        },
        PythonCheck("get(propagate=False) gives the exception instead of raising it", gives: "KitchenError") {
            "type(swift.fail.delay('x').get(propagate=False, timeout=20)).__name__"
        },
        PythonCheck("a failure has a traceback: the task, where it is declared, type and words") {
            """
            failed = swift.fail.delay()
            failed.get(propagate=False, timeout=20)
            lines = failed.traceback.splitlines()
            told = [lines[0], lines[1].startswith('  File "InteropWorker/EndTasks.swift", line '),
                    lines[1].endswith(', in swift.fail'), lines[-1]]
            told == ['Traceback (most recent call last):', True, True, 'InteropWorker.KitchenError: no more eggs'] or told
            """
        },
        PythonCheck("a call that waits for its retry has a traceback", gives: true) {
            """
            later = swift.retry_in.delay(seconds=300, failures=1)
            state_of(later, 'RETRY')
            later.traceback.endswith('InteropWorker.KitchenError: not yet\\n') or later.traceback
            """
        },
        PythonCheck("date_done is a datetime of now, with its zone") {
            """
            good = swift.add.delay(1, 1)
            good.get(timeout=20)
            abs((datetime.datetime.now(datetime.timezone.utc) - good.date_done).total_seconds()) < 10
            """
        },
        PythonCheck("a call that waits is PENDING") {
            "swift.add.apply_async((1, 1), countdown=300).state == 'PENDING'"
        },
        PythonCheck("a running call is STARTED, with the worker's name and pid, where starts are tracked") {
            """
            held = swift.hold.delay(scratch('gate-started'))
            state_of(held, 'STARTED')
            info = held.info
            open(scratch('gate-started'), 'w').close()
            held.get(timeout=20)
            pid = inspect(['$node'], timeout=10).stats()['$node']['pid']
            info['hostname'] == '$node' and info['pid'] == pid > 0 or info
            """
        },
        PythonCheck("PROGRESS and its meta are seen while the task runs", gives: ["half", 0.5, "done"]) {
            """
            going = swift.progress.delay(gate=scratch('gate-progress'))
            state_of(going, 'PROGRESS')
            info = going.info
            open(scratch('gate-progress'), 'w').close()
            [info['note'], info['fraction'], going.get(timeout=20)]
            """
        },
        PythonCheck("on_message is told of PROGRESS before the result") {
            """
            seen = []
            going = swift.progress.delay(gate=scratch('gate-message'))
            def take(body):
                seen.append(body['status'])
                if body['status'] == 'PROGRESS':
                    open(scratch('gate-message'), 'w').close()
            state_of(going, 'PROGRESS')
            threading.Timer(0.2, lambda: open(scratch('gate-message'), 'w').close()).start()
            going.get(timeout=20, on_message=take) == 'done' and seen[-1] == 'SUCCESS' or seen
            """
        },
        PythonCheck("a task that fails twice is retried under the same id and succeeds", gives: 3) {
            "call(swift.flaky, kwargs={'failures': 2})"
        },
        PythonCheck("RETRY is shown with its exception while it waits", gives: ["RETRY", "KitchenError"]) {
            """
            later = swift.retry_in.delay(seconds=300, failures=1)
            [state_of(later, 'RETRY'), type(later.result).__name__]
            """
        },
        PythonCheck("a retry that the task asked for waits in Redis and runs", gives: 2) {
            "call(swift.retry_in, kwargs={'seconds': 0.3, 'failures': 1})"
        },
        PythonCheck("retries used up raise the task's own error", gives: ["KitchenError", "never"]) {
            "raised(swift.hopeless.delay())[1:]"
        },
        PythonCheck("a rejected call is a failure to Python") {
            "raised(swift.reject.delay()) != 'nothing was raised'"
        },
        PythonCheck(
            "a wrong number of arguments raises TypeError instead of stopping the worker",
            gives: ["builtins", "TypeError", true, 3]
        ) {
            """
            told = raised(swift.add.delay(1, 2, 3))
            told[:2] + ['takes 2, the call has 3' in told[2] or told[2], call(swift.add, 1, 2)]
            """
        },
        PythonCheck("an argument of the wrong type raises TypeError, which names it", gives: "caught: True") {
            """
            try:
                value = swift.add.delay('one', 2).get(timeout=20)
            except TypeError as error:
                value = f"caught: {'argument' in str(error) and 'x' in str(error)}"
            value
            """
        },
        PythonCheck(
            "a soft time limit raises SoftTimeLimitExceeded", gives: ["billiard.exceptions", "SoftTimeLimitExceeded"]
        ) {
            "raised(swift.hold.apply_async((scratch('never'),), soft_time_limit=0.3))[:2]"
        },
        PythonCheck("a hard time limit raises TimeLimitExceeded", gives: ["billiard.exceptions", "TimeLimitExceeded"]) {
            """
            error = raised(swift.stubborn.apply_async((scratch('gate-stubborn'),), time_limit=0.3))[:2]
            open(scratch('gate-stubborn'), 'w').close()
            error
            """
        },
        PythonCheck(
            "a call revoked before its time never runs and is REVOKED",
            gives: ["celery.exceptions", "TaskRevokedError"]
        ) {
            """
            gone = swift.add.apply_async((1, 1), countdown=0.5)
            gone.revoke()
            raised(gone)[:2]
            """
        },
        PythonCheck(
            "a running call that is terminated raises TaskRevokedError",
            gives: ["celery.exceptions", "TaskRevokedError", "terminated"]
        ) {
            """
            held = swift.hold.delay(scratch('never'))
            state_of(held, 'STARTED')
            held.revoke(terminate=True)
            raised(held)
            """
        },
        PythonCheck("app.control.terminate ends a running call", gives: "REVOKED") {
            """
            held = swift.hold.delay(scratch('never'))
            state_of(held, 'STARTED')
            control.terminate(held.id)
            state_of(held, 'REVOKED', 'SUCCESS', 'FAILURE')
            """
        },
        PythonCheck("a group of plain calls gives its results in order", gives: [2, 4, 6, 8]) {
            "group(swift.add.s(n, n) for n in range(1, 5)).delay().get(timeout=20)"
        },
        PythonCheck("the calls of a group know their group and their place in it", gives: [true, [0, 1]]) {
            """
            both = group(swift.describe.s(), swift.describe.s()).delay()
            seen = both.get(timeout=20)
            [all(one['group'] == both.id for one in seen), [one['group_index'] for one in seen]]
            """
        },
        PythonCheck("a group's results are read one by one as they come", gives: [1, 2, 3]) {
            "sorted(value['result'] for _, value in group(swift.echo.s(n) for n in (1, 2, 3)).delay().iter_native())"
        },
        PythonCheck("a group that is saved can be restored and read", gives: [3, 5]) {
            """
            both = group(swift.add.s(1, 2), swift.add.s(2, 3)).delay()
            both.save()
            GroupResult.restore(both.id, app=app).get(timeout=20)
            """
        },
        PythonCheck("the parent's children and the child's parent are told", gives: [5, true, true]) {
            """
            parent = swift.spawn.delay(name='swift.add', args=[2, 3])
            child = parent.get(timeout=20)
            [parent.children[0].get(timeout=20), parent.children[0].id == child, message_of(result(child))['parent_id'] == parent.id]
            """
        },
        PythonCheck("a child that Swift sends knows root and parent", gives: [true, true]) {
            """
            parent = swift.spawn.delay(name='swift.describe', args=[])
            seen = result(parent.get(timeout=20)).get(timeout=20)
            [seen['root'] == parent.id, seen['parent'] == parent.id]
            """
        },
        PythonCheck("forget() deletes the result", gives: "PENDING") {
            """
            good = swift.add.delay(1, 1)
            good.get(timeout=20)
            good.forget()
            result(good.id).state
            """
        },
        PythonCheck("results expire by themselves") {
            """
            good = swift.add.delay(1, 1)
            good.get(timeout=20)
            0 < redis.ttl(f'celery-task-meta-{good.id}') <= 86400
            """
        },
        PythonCheck("extended results tell name, arguments, worker, retries and queue") {
            """
            good = swift.add.apply_async((1, 2), kwargs={}, queue='other')
            good.get(timeout=20)
            told = [good.name, good.args, good.kwargs, good.worker, good.retries, good.queue]
            told == ['swift.add', [1, 2], {}, '$node', 0, 'other'] or told
            """
        },
        PythonCheck("a client that comes late finds the result", gives: 3) {
            """
            good = swift.add.delay(1, 2)
            wait_until(lambda: message_of(good))
            result(good.id).get(timeout=20)
            """
        },
        PythonCheck("two clients that wait for one call both get it", gives: [3, 3]) {
            """
            from concurrent.futures import ThreadPoolExecutor
            later = swift.add.apply_async((1, 2), countdown=0.3)
            with ThreadPoolExecutor(2) as pool:
                both = list(pool.map(lambda _: result(later.id).get(timeout=20), range(2)))
            both
            """
        },
    ]
}
