import CeleriacCore
import Testing

extension Interop.RQ {
    /// Jobs as no program should write them: each fails alone, with a reason that people understand.
    @Suite("RQ jobs that cannot be run", .serialized)
    struct BadInput: RQLive {}
}

extension Interop.RQ.BadInput {
    @Test(
        "the job fails with its reason in the failed registry, and the worker goes on", .timeLimit(.minutes(15)),
        arguments: checks)
    func fails(_ check: PythonCheck) async throws {
        try await expect(check)
        #expect(
            try await python("[call('swift.add', 1, 2), 'swift@test' in [w.name for w in Worker.all(redis)]]") == [
                3, true,
            ])
    }

    static let checks: [PythonCheck] = [
        PythonCheck("an unknown function") {
            "(told := reason(jobs.enqueue('tasks.nobody_knows', 1))) and 'tasks.nobody_knows' in told or told"
        },
        PythonCheck("arguments of another type") {
            "(told := reason(jobs.enqueue('swift.add', 'one', 'two'))) and ('Int' in told or 'argument' in told) or told"
        },
        PythonCheck("too few arguments") {
            "(told := reason(jobs.enqueue('swift.add', 1))) and 'argument' in told or told"
        },
        PythonCheck("an unknown keyword") {
            "(told := reason(jobs.enqueue('swift.add', 1, 2, colour='red'))) and 'colour' in told or told"
        },
        PythonCheck("no origin: it runs where it lay", gives: ["finished", 0]) {
            """
            id = raw(origin=None)
            wait_until(lambda: field(id, 'status') == 'finished')
            [field(id, 'status'), redis.llen('rq:queue:other:intermediate')]
            """
        },
        PythonCheck("a date with an offset instead of Z") {
            """
            id = raw(created_at='2026-11-22T08:36:15.268109+00:00')
            told = wait_until(lambda: field(id, 'status') in ('finished', 'failed') and field(id, 'status'))
            told == 'finished' or refused(id)
            """
        },
        PythonCheck("an unknown status") {
            "(told := refused(raw(status='baking'))) and told[0] == 'failed' and 'status' in told[1] or told"
        },
        PythonCheck("truncated zlib") {
            """
            whole = zlib.compress(json.dumps(['swift.add', None, [2, 3], {'pad': 'x' * 500}]).encode())
            told = refused(raw(data=whole[:len(whole) // 2]))
            told[0] == 'failed' and 'data' in told[1] or told
            """
        },
        PythonCheck("a zlib bomb") {
            """
            packer = zlib.compressobj(9)
            bomb = b''.join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
            told = refused(raw(data=bomb))
            told[0] == 'failed' and 'data' in told[1] or told
            """
        },
        PythonCheck("a pickle that would call os.system") {
            """
            mark = scratch('pwned')
            class Evil:
                def __reduce__(self):
                    return os.system, (f'touch {mark}',)
            told = refused(raw(data=zlib.compress(pickle.dumps(('swift.echo', None, (Evil(),), {})))))
            told[0] == 'failed' and 'system' in told[1] and not os.path.exists(mark) or told
            """
        },
        PythonCheck("a pickle of an object of the application's own") {
            """
            told = refused(raw(data=zlib.compress(pickle.dumps(('swift.echo', None, (types.SimpleNamespace(a=1),), {})))))
            told[0] == 'failed' and 'SimpleNamespace' in told[1] or told
            """
        },
        PythonCheck("a pickle cut in the midst") {
            """
            told = refused(raw(data=zlib.compress(pickle.dumps(('swift.add', None, (1, 2), {}))[:-12])))
            told[0] == 'failed' and 'refused a pickle' in told[1] or told
            """
        },
        PythonCheck("data that is neither JSON nor pickle") {
            "(told := refused(raw(data=b'bread and butter'))) and told[0] == 'failed' and 'refused a ' in told[1] or told"
        },
        PythonCheck("data that is no call") {
            "(told := refused(raw(data=zlib.compress(b'{\"a\": 1}')))) and told[0] == 'failed' and 'refused a ' in told[1] or told"
        },
        PythonCheck("JSON nested a hundred thousand deep") {
            """
            deep = '["swift.echo", null, [' + '[' * 100000 + ']' * 100000 + '], {}]'
            told = refused(raw(data=zlib.compress(deep.encode())))
            told[0] == 'failed' and 'refused a call' in told[1] and 'nested more than' in told[1] or told
            """
        },
        PythonCheck("a timeout that is no number") {
            "(told := refused(raw(timeout='soon'))) and told[0] == 'failed' and 'timeout' in told[1] or told"
        },
        PythonCheck("an id without a job is passed over", gives: 0) {
            """
            redis.rpush('rq:queue:default', 'nobody')
            call('swift.add', 1, 1)
            redis.llen('rq:queue:default')
            """
        },
        PythonCheck("a key that is no hash is passed over, or listed as failed", gives: [0, "string"]) {
            """
            redis.set('rq:job:text', 'no hash')
            redis.rpush('rq:queue:default', 'text')
            call('swift.add', 1, 1)
            kind = redis.type('rq:job:text').decode()
            redis.delete('rq:job:text'), redis.zrem('rq:failed:default', 'text')
            [redis.llen('rq:queue:default'), kind]
            """
        },
    ]
}
