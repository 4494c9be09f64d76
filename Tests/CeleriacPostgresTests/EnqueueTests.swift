import CeleriacCore
import CeleriacTesting
import Foundation
import PostgresUnderTest
import TestKit
import Testing

@testable import CeleriacPostgres

@Suite("Any driver enqueues by the SQL function", .serialized)
struct EnqueueTests {
    @Test("a call of celeriac.enqueue arrives with its arguments and options")
    func arrives() async throws {
        try await Stores.withStore { store, server, database in
            try await server.psql(
                """
                SELECT celeriac.enqueue('mail', 'tasks.add', '[1, "two"]', '{"three": 3.5}', '{"id": "a", "priority": 9,
                    "expires": 3600, "headers": {"trace": "t"}, "shadow": "s", "time_limit": 5, "ignore_result": true}')
                """, database: database)
            let delivery = try await store.withConsumer(ConsumerTerms(["mail"], lease: .seconds(30))) { consumer in
                try #require(try await consumer.next(upTo: 1, from: ["mail"], wait: true).first)
            }
            let (headers, properties) = (delivery.envelope.headers, delivery.envelope.properties)
            #expect(headers.id == "a")
            #expect(headers.task == "tasks.add")
            #expect(headers.rootID == "a")
            #expect(headers.shadow == "s")
            #expect(headers.ignoreResult == true)
            #expect(headers.timeLimit == .seconds(5))
            #expect(headers.extra["trace"] == "t")
            #expect(headers.expires != nil)
            #expect(properties.priority?.rawValue == 9)
            let body = try JSONValue(parsing: delivery.envelope.body)
            #expect(body.arrayValue?.prefix(2) == [[1, "two"], ["three": 3.5]])
        }
    }

    @Test("rollback leaves nothing, commit wakes a worker", .timeLimit(.minutes(15)))
    func transactions() async throws {
        try await Stores.withStore { store, server, database in
            try await server.psql(
                "BEGIN; SELECT celeriac.enqueue('mail', 'tasks.add'); ROLLBACK", database: database)
            #expect(try await store.queues() == [])
            async let claimed = store.withConsumer(ConsumerTerms(["mail"], lease: .seconds(30))) { consumer in
                try await consumer.next(upTo: 1, from: ["mail"], wait: true).map(\.id)
            }
            try await server.psql(
                "BEGIN; SELECT celeriac.enqueue('mail', 'tasks.add', options => '{\"id\": \"b\"}'); COMMIT",
                database: database)
            let ids = try await claimed
            #expect(ids == ["b"])
        }
    }

    @Test("a countdown waits in the database, an eta too, and the front comes first")
    func placed() async throws {
        try await Stores.withStore { store, server, database in
            try await server.psql(
                """
                SELECT celeriac.enqueue('mail', 't', options => '{"id": "later", "countdown": 3600}');
                SELECT celeriac.enqueue('mail', 't', options => '{"id": "eta", "eta": "2100-01-01T00:00:00Z"}');
                SELECT celeriac.enqueue('mail', 't', options => '{"id": "past", "eta": "2001-01-01T00:00:00Z"}');
                SELECT celeriac.enqueue('mail', 't', options => '{"id": "front", "at_front": true}');
                """, database: database)
            let counts = try await store.counts(of: "mail")
            #expect([counts.ready, counts.delayed] == [2, 2])
            #expect(try await store.drain("mail") == ["front", "past"])
        }
    }

    @Test("a unique key is held between SQL and Swift, in both directions")
    func unique() async throws {
        try await Stores.withStore { store, server, database in
            let key = UniqueClaim(key: #"a\b'; --"#, span: .untilDone)
            try await store.publish([Publication(.sample("a"), to: "mail", unique: key)])
            let holder = try await server.psql(
                #"SELECT celeriac.enqueue('mail', 't', options => '{"unique_key": "a\\b''; --"}')"#, database: database)
            #expect(holder.trimmingCharacters(in: .whitespacesAndNewlines) == "a")
            try await server.psql(
                #"SELECT celeriac.enqueue('mail', 't', options => '{"id": "c", "unique_key": "other"}')"#,
                database: database)
            let other = UniqueClaim(key: "other", span: .untilDone)
            let report = try await store.publish([Publication(.sample("d"), to: "mail", unique: other)])
            #expect(report.duplicates == ["d": "c"])
        }
    }

    @Test(
        "a bad call is refused with what is wrong",
        arguments: [
            ("'', 't'", "queue name"), ("E'a\\tb', 't'", "control characters"), ("'unacked', 't'", "reserved"),
            ("'celeriac.x', 't'", "reserved"), ("'x.pidbox', 't'", "reserved"), ("'q', ''", "name the task"),
            ("'q', 't', '{}'", "JSON array"), ("'q', 't', '[]', '[]'", "JSON objects"),
            ("'q', 't', options => '{\"cuntdown\": 5}'", "no option"),
            ("'q', 't', options => '{\"id\": \"\"}'", "1,000"),
            ("'q', 't', options => '{\"headers\": []}'", "headers must be"),
        ])
    func refused(arguments: String, words: String) async throws {
        try await Stores.withStore { store, server, database in
            let error = await #expect(throws: PostgresServerError.self) {
                try await server.psql("SELECT celeriac.enqueue(\(arguments))", database: database)
            }
            #expect(error?.description.contains(words) == true)
            let queues = try await store.queues()
            #expect(queues == [])
        }
    }

    @Test("the function refuses each queue name that Swift refuses")
    func reserved() async throws {
        try await Stores.withStore { _, server, database in
            for pattern in QueueName.reservedPatterns {
                let word = String(pattern.dropFirst())
                let name = pattern.first == "$" ? "x" + word : pattern.first == "^" ? word + "x" : word
                #expect(QueueName(rawValue: name) == nil)
                await #expect(throws: PostgresServerError.self, "\(name)") {
                    try await server.psql("SELECT celeriac.enqueue('\(name)', 't')", database: database)
                }
            }
        }
    }

    @Test("psycopg enqueues in its own transaction, with its own row", .timeLimit(.minutes(15)))
    func psycopg() async throws {
        try await Stores.withStore { store, server, database in
            let script = try PythonRun(
                """
                import psycopg
                from psycopg.types.json import Jsonb
                with psycopg.connect("\(server.url(database))") as connection:
                    connection.execute("CREATE TABLE member (email text)")
                    connection.commit()
                    with connection.transaction():
                        connection.execute("INSERT INTO member VALUES (%s)", ("ada@example.com",))
                        connection.execute("SELECT celeriac.enqueue(%s, %s, %s)", ("mail", "welcome", Jsonb(["ada"])))
                    try:
                        with connection.transaction():
                            connection.execute("INSERT INTO member VALUES (%s)", ("bob@example.com",))
                            connection.execute("SELECT celeriac.enqueue(%s, %s, %s)", ("mail", "welcome", Jsonb(["bob"])))
                            raise KeyError
                    except KeyError:
                        pass
                """, program: Python.path)
            _ = try await script.output()
            let members = try await server.psql("SELECT email FROM member", database: database)
            #expect(members.trimmingCharacters(in: .whitespacesAndNewlines) == "ada@example.com")
            let page = try await store.messages(in: "mail", .ready, after: nil, limit: 10)
            #expect(page.items.map { String(decoding: $0.envelope.body.prefix(10), as: UTF8.self) } == [#"[["ada"], "#])
        }
    }
}
