import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import Testing

extension Interop.RabbitMQ {
    /// Python and Swift workers on one queue, at once.
    @Suite("Mixed fleets on RabbitMQ", .timeLimit(.minutes(15)))
    struct MixedFleets {
        /// The number of calls that each client sends to each queue.
        private let count = 200

        @Test(
            "workers of both languages share a queue, whoever declared it; each call runs once",
            arguments: RabbitMQFleet.Queues.allCases)
        func sharing(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            let python = try await fleet.pythonWorker("first-py", queues: ["pyfirst"])
            defer { python.process.kill() }
            let swift = try await fleet.swiftWorker("both-sw", queues: ["pyfirst", "swfirst"])
            defer { swift.process.kill() }
            let late = try await fleet.pythonWorker("late-py", queues: ["swfirst"])
            defer { late.process.kill() }

            for (place, queue) in ["pyfirst", "swfirst"].enumerated() {
                let first = place * 2 * count
                try await callFromBoth(fleet, to: queue, from: first)
                let (byPython, bySwift) = journal(fleet, first..<first + 2 * count)
                #expect((byPython + bySwift).sorted() == Array(first..<first + 2 * count))
                #expect(!byPython.isEmpty && !bySwift.isEmpty, "one side had nothing to do in \(queue)")
            }
            try await expectOneDeclaration(fleet, of: ["pyfirst", "swfirst", "celery", "pooled", "python"])
            for worker in [python, late] {
                #expect(
                    try !String(contentsOf: worker.process.logFile, encoding: .utf8).contains("PRECONDITION_FAILED"))
            }
        }

        @Test(
            "etas that Python puts straight into the queue do not block a Swift worker",
            arguments: RabbitMQFleet.Queues.allCases)
        func etas(_ queues: RabbitMQFleet.Queues) async throws {
            let fleet = try RabbitMQFleet.with(queues)
            let sums = try await fleet.python(
                """
                for n in range(20):
                    swift.add.apply_async((n, 1), queue='etas', countdown=3600)
                shared.sums = [swift.add.apply_async((n, 1), queue='etas') for n in range(20)]
                len(shared.sums)
                """)
            #expect(sums == 20)
            let worker = try await fleet.swiftWorker("etas", concurrency: 2, queues: ["etas"])
            defer { worker.process.kill() }
            #expect(
                try await fleet.python("[one.get(timeout=30) for one in shared.sums]")
                    == .array((1...20).map { .integer($0) }))
            // The server keeps them, not the worker: 3599 or 3600 seconds begin in the level of 2048 seconds.
            try await fleet.python(
                """
                def waiting():
                    with app.connection_for_write() as connection:
                        return connection.default_channel.queue_declare('celery_delayed_11', passive=True).message_count
                wait_until(lambda: waiting() == 20)
                """)
        }

        @Test("what a killed worker held is run by a worker of the other language")
        func handover() async throws {
            try await RabbitMQFleet.withEach { fleet in
                let victim = try await fleet.swiftWorker("victim-sw", queues: ["left"])
                defer { victim.process.kill() }
                let (first, firstGate) = try await hold(fleet, 7001)
                try await kill(victim.process, thenOpen: firstGate)
                let heir = try await fleet.pythonWorker("heir-py", queues: ["left"])
                defer { heir.process.kill() }
                #expect(try await first.get(timeout: .seconds(30)) == 7001)

                let (second, secondGate) = try await hold(fleet, 7002)
                try await kill(heir.process, thenOpen: secondGate)
                let last = try await fleet.swiftWorker("heir-sw", queues: ["left"])
                defer { last.process.kill() }
                #expect(try await second.get(timeout: .seconds(30)) == 7002)

                let (byPython, bySwift) = journal(fleet, 7001..<7003)
                #expect(bySwift == [7001, 7002] && byPython == [7001, 7002], "\(fleet.queues)")
            }
        }

        /// Sends a call that waits for a gate, and waits until a worker runs it.
        private func hold(_ fleet: RabbitMQFleet, _ number: Int) async throws -> (AsyncResult<Int>, Gate) {
            let gate = fleet.scratch.gate()
            let call = Signature<Int>(
                "mixed.hold", EncodedArguments(args: [.integer(Int64(number)), .string(gate.path)]),
                options: CallOptions(queue: "left"))
            let result = try await fleet.app.send(call)
            try await waitUntil {
                let (byPython, bySwift) = journal(fleet, number..<number + 1)
                return byPython + bySwift == [number]
            }
            return (result, gate)
        }

        private func kill(_ process: ChildProcess, thenOpen gate: Gate) async throws {
            process.kill()
            try await process.waitUntilGone()
            try gate.open()
        }
    }
}

extension Interop.RabbitMQ.MixedFleets {
    /// Sends calls from Swift and from Python, half and half, and waits for the result of each.
    private func callFromBoth(_ fleet: RabbitMQFleet, to queue: String, from first: Int) async throws {
        try await fleet.python(
            """
            shared.marks = [swift.mark.apply_async((n, 0.002), queue='\(queue)') for n in range(\(first), \(first + count))]
            """)
        let options = CallOptions(queue: try QueueName(queue))
        let numbers = first + count..<first + 2 * count
        let results = try await fleet.app.send(
            numbers.map { number in
                Signature<Int>(
                    "mixed.mark", EncodedArguments(args: [.integer(Int64(number)), 0.002]), options: options)
            })
        for (number, result) in zip(numbers, results) {
            #expect(try await result.get(timeout: .seconds(30)) == number)
        }
        let sum = try await fleet.python("sum(one.get(timeout=30) for one in shared.marks)")
        #expect(sum == .integer(Int64((first..<first + count).reduce(0, +))))
    }

    /// The numbers that each side ran, by the journal.
    private func journal(_ fleet: RabbitMQFleet, _ range: Range<Int>) -> (python: [Int], swift: [Int]) {
        let lines = fleet.scratch.lines("journal").map { $0.split(separator: " ") }
        func numbers(_ side: Substring) -> [Int] {
            lines.filter { $0.first == side && $0.count == 2 }.compactMap { $0.last.flatMap { Int($0) } }
                .filter(range.contains)
        }
        return (numbers("py"), numbers("swift"))
    }

    /// Checks that Python declares these queues as they exist: the server refuses any other arguments.
    private func expectOneDeclaration(_ fleet: RabbitMQFleet, of queues: [String]) async throws {
        let names = JSONValue.array(queues.map { .string($0) }).text
        let declared = try await fleet.python(
            """
            with app.connection_for_write() as connection:
                declared = [app.amqp.queues[name](connection.default_channel).declare() for name in \(names)]
            declared
            """)
        #expect(declared == .array(queues.map { .string($0) }))
        #expect(!fleet.server.log.localizedCaseInsensitiveContains("precondition_failed"))
    }
}
