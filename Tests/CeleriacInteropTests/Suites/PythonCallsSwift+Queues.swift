import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.PythonCallsSwift {
    @Test("queues", .timeLimit(.minutes(15)), arguments: queues)
    func queue(_ check: PythonCheck) async throws { try await expect(check) }

    static let queues: [PythonCheck] = [
        PythonCheck("priorities are served 0 first, in Celery's steps", gives: ["p0", "p4", "p7", "p9"]) {
            """
            held = swift.hold.apply_async((scratch('gate-single'),), queue='single')
            state_of(held, 'STARTED')
            sent = [swift.note.apply_async((scratch('order'), f'p{n}'), queue='single', priority=n) for n in (9, 4, 0, 7)]
            open(scratch('gate-single'), 'w').close()
            [one.get(timeout=20) for one in sent]
            lines_of(scratch('order'))
            """
        },
        PythonCheck("calls of one priority start in the order in which they were sent") {
            """
            sent = [swift.note.apply_async((scratch('fifo'), str(n)), queue='single') for n in range(50)]
            [one.get(timeout=20) for one in sent]
            lines_of(scratch('fifo')) == [str(n) for n in range(50)]
            """
        },
        PythonCheck("500 calls at once are each answered", gives: 500) {
            "sum(one.get(timeout=30) == n + 1 for n, one in [(n, swift.add.delay(n, 1)) for n in range(500)])"
        },
        PythonCheck("nothing is left of calls that have ended but their results", gives: [0, 0, 0]) {
            """
            call(swift.add, 1, 2)
            wait_until(lambda: redis.zcard('unacked_index') == 0)
            [redis.llen('celery'), redis.zcard('unacked_index'), redis.hlen('unacked')]
            """
        },
        PythonCheck("app.control.purge() empties the queue") {
            """
            for n in range(3):
                app.send_task('swift.add', (1, n), queue='unserved')
            with app.connection_for_write() as connection:
                purged = connection.default_channel.queue_purge('unserved')
            purged == 3 and redis.llen('unserved') == 0
            """
        },
    ]

    /// Messages that a Swift worker refuses: each is parked with its reason, and the worker goes on.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let promise: String
        /// Python code that sends a message whose id is in `id`.
        let code: String
        /// What the reason names.
        let reason: String
        var testDescription: String { promise }
    }

    @Test(
        "what cannot be run is parked with its reason, and the worker goes on", .timeLimit(.minutes(15)),
        arguments: refusals)
    func refusal(_ refusal: Refusal) async throws {
        let id = try #require(try await python(refusal.code + "\nid").stringValue)
        let store = try #require(app.broker as? any DeadLetterStore)
        try await waitUntil { try await store.deadLetter(of: TaskID(id)) != nil }
        let letter = try #require(try await store.deadLetter(of: TaskID(id)))
        #expect(letter.reason.localizedStandardContains(refusal.reason), "\(letter.reason)")
        #expect(try await python("call(swift.add, 20, 3)") == 23)
    }

    static let refusals: [Refusal] = [
        Refusal(
            promise: "a pickled body is refused", code: "id = swift.add.apply_async((1, 2), serializer='pickle').id",
            reason: "application/x-python-serialize"
        ),
        Refusal(
            promise: "a YAML body is refused", code: "id = foreign('application/x-yaml', '- [1, 2]')",
            reason: "application/x-yaml"
        ),
        Refusal(
            promise: "a msgpack body is refused", code: "id = foreign('application/x-msgpack', b'\\x93\\x90')",
            reason: "application/x-msgpack"
        ),
        Refusal(
            promise: "a body compressed in a way that is not known is refused",
            code: "id = raw(headers={'compression': 'application/x-brotli'})", reason: "brotli"
        ),
        Refusal(
            promise: "a body that is no JSON is refused", code: "id = raw(body=b64('[1, 2'))", reason: "body"
        ),
        Refusal(
            promise: "a body that is no base64 is refused", code: "id = raw(body='%%%')", reason: "base64"
        ),
        Refusal(
            promise: "an eta that is no date is refused", code: "id = raw(headers={'eta': 'tomorrow'})", reason: "eta"
        ),
        Refusal(
            promise: "an expiry that is a number is refused", code: "id = raw(headers={'expires': 12})",
            reason: "expires"
        ),
        Refusal(
            promise: "a body of two parts is refused", code: "id = raw(body=b64('[[1, 2], {}]'))",
            reason: "three items"
        ),
        Refusal(
            promise: "a body that is an object without a task is refused", code: "id = raw(body=b64('{}'))",
            reason: "args"
        ),
    ]

    /// Messages whose envelope cannot be read have no id that one could trust.
    @Test(
        "what is no message is parked with its reason, and the worker goes on", .timeLimit(.minutes(15)),
        arguments: [
            ("no JSON at all", "redis.lpush('celery', 'no JSON at all')"),
            ("no headers", #"redis.lpush('celery', '{"body": "W10="}')"#),
            ("a list", "redis.lpush('celery', '[]')"), ("null", "redis.lpush('celery', 'null')"),
            (
                "members of the wrong type",
                #"redis.lpush('celery', '{"headers": 7, "properties": [], "body": 1}')"#
            ),
            ("no task id", "raw(headers={'id': None})"),
        ]
    )
    func garbage(_ name: String, _ code: String) async throws {
        let store = try #require(app.broker as? any DeadLetterStore)
        let before = try await store.deadLetters(in: nil, after: nil, limit: 1000).count
        try await python(code)
        try await waitUntil { try await store.deadLetters(in: nil, after: nil, limit: 1000).count == before + 1 }
        let letter = try await store.deadLetters(in: nil, after: nil, limit: 1).first
        #expect(letter?.reason.isEmpty == false, "\(name)")
        #expect(try await python("call(swift.add, 20, 3)") == 23)
    }
}
