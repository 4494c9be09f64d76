import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.RabbitMQ {
    /// Messages that no worker can run, published with py-amqp in front of a good call.
    @Suite("A Swift worker parks what it cannot run", .timeLimit(.minutes(15)))
    struct BadInput {
        struct Poison: Sendable, CustomTestStringConvertible {
            let testDescription: String
            /// What differs from a good message, as arguments of py-amqp's `Message`.
            let code: String
            /// What the reason names.
            let reason: String
        }

        /// The store itself cannot read these.
        static let envelopes = [
            Poison(
                testDescription: "a task header that is a table",
                code: "application_headers={'id': id, 'task': {'name': 'swift.add'}}", reason: "task"),
            Poison(testDescription: "no task id", code: "application_headers={'task': 'swift.add'}", reason: "id"),
            Poison(testDescription: "no headers", code: "application_headers=None", reason: "headers"),
            Poison(
                testDescription: "100 kB of headers",
                code: "application_headers={'id': id, 'task': 'swift.add', 'own': 'x' * 100_000}", reason: "bytes"),
        ]

        @Test(
            "an unreadable message is buried in the result backend with its reason, and requeued as it was",
            arguments: envelopes)
        func envelope(_ poison: Poison) async throws {
            try await RabbitMQFleet.withEach { fleet in
                let letters = try #require(fleet.app.backend.deadLetters)
                let begin = Date()
                try await publish(poison, in: fleet)
                let letter = try await newLetter(since: begin, in: letters)
                #expect(letter.queue == "celery")
                #expect(letter.reason.localizedStandardContains(poison.reason), "\(letter.reason)")
                let whole = try JSONValue(parsing: letter.envelope.body)
                #expect(whole["body"] == "[[1, 2], {}, {}]", "\(whole)")
                #expect(try await letters.requeue([letter.id]) == [letter.id])
                let again = try await newLetter(since: letter.diedAt, in: letters)
                #expect(try JSONValue(parsing: again.envelope.body) == whole)
                _ = try await letters.deleteDeadLetters([again.id])
            }
        }

        @Test("the caller of an unreadable message gets the reason")
        func caller() async throws {
            try await RabbitMQFleet.withEach { fleet in
                let id = try await publish(Self.envelopes[0], in: fleet)
                let raised = try await fleet.python("raised(result('\(id)'))")
                #expect(raised[1] == "DecodeError", "\(raised)")
                #expect(raised[2]?.stringValue?.contains("task") == true, "\(raised)")
            }
        }

        /// Waits for a letter that has died since then.
        private func newLetter(since begin: Date, in letters: any DeadLetterStore) async throws -> DeadLetter {
            while true {
                let newest = try await letters.deadLetters(in: "celery", after: nil, limit: 1).items.first
                if let newest, newest.diedAt > begin { return newest }
                try await pauseBriefly()
            }
        }

        /// The worker cannot read these.
        static let bodies = [
            Poison(testDescription: "an empty body", code: "body=b''", reason: "body"),
            Poison(testDescription: "a body of two items", code: "body=b'[[1, 2], {}]'", reason: "three items"),
            Poison(
                testDescription: "no content type, and a body that is not JSON",
                code: "body=b'\\x80\\x05', content_type=None, content_encoding=None", reason: "body"),
            Poison(
                testDescription: "a content type that is not accepted", code: "content_type='application/x-yaml'",
                reason: "application/x-yaml"),
            Poison(
                testDescription: "a bomb of 64 MB in 64 kB",
                code: "body=__import__('zlib').compress(b' ' * (64 << 20)), "
                    + "application_headers={'id': id, 'task': 'swift.add', 'compression': 'application/x-gzip'}",
                reason: "bytes"),
        ]

        @Test("a call with an unreadable body is buried with its reason in the result backend", arguments: bodies)
        func body(_ poison: Poison) async throws {
            try await RabbitMQFleet.withEach { fleet in
                let id = TaskID(try await publish(poison, in: fleet))
                let letters = try #require(fleet.app.backend.deadLetters)
                try await waitUntil { try await letters.deadLetter(of: id) != nil }
                let letter = try #require(try await letters.deadLetter(of: id))
                #expect(letter.queue == "celery" && letter.envelope.task == "swift.add")
                #expect(letter.reason.localizedStandardContains(poison.reason), "\(letter.reason)")
            }
        }

        @Test("a message without a content type is JSON", arguments: RabbitMQFleet.Queues.allCases)
        func noContentType(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            let plain = Poison(
                testDescription: "", code: "content_type=None, content_encoding=None", reason: "")
            let id = try await publish(plain, in: fleet)
            #expect(try await fleet.python("result('\(id)').get(timeout=20)") == 3)
        }

        /// Publishes the message and a good call behind it, and waits for the result of the good call.
        ///
        /// - Returns: the id of the message.
        @discardableResult
        private func publish(_ poison: Poison, in fleet: RabbitMQFleet) async throws -> String {
            let answer = try await fleet.python(
                """
                from amqp import Message
                id = str(uuid.uuid4())
                message = dict(
                    body=b'[[1, 2], {}, {}]', content_type='application/json', content_encoding='utf-8',
                    application_headers={'lang': 'py', 'task': 'swift.add', 'id': id, 'retries': 0})
                message.update(\(poison.code))
                with app.connection_for_write() as connection:
                    connection.default_channel.basic_publish(Message(**message), routing_key='celery')
                    # The next publication could overtake it on another connection; this answer comes after it.
                    connection.default_channel.queue_declare('celery', passive=True)
                [id, swift.add.delay(20, 3).get(timeout=20)]
                """)
            #expect(answer[1] == 23)
            return try #require(answer[0]?.stringValue)
        }
    }
}
