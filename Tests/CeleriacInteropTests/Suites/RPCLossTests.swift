import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.RPC {
    /// Clients that go away do not disturb workers.
    @Suite("Lost clients of rpc://", .timeLimit(.minutes(15)))
    struct Losses {
        @Test("a client that is killed while its task runs harms no worker, and the task runs once")
        func killedClient() async throws {
            try await RabbitMQFleet.withEach { fleet in
                let gate = fleet.scratch.gate()
                let client = try fleet.pythonClient()
                try await client("app.send_task('mixed.hold', (8001, '\(gate.path)'), queue='celery').id")
                try await waitUntil { runs(of: 8001, in: fleet) == 1 }
                client.stop()
                // Its queue is gone once the server has noticed that its consumer is.
                try gate.open()
                try await expectAnswers(fleet)
                #expect(runs(of: 8001, in: fleet) == 1, "\(fleet.queues)")
            }
        }

        @Test("a result for a queue that never was is dropped, and its task runs once")
        func noQueue() async throws {
            try await RabbitMQFleet.withEach { fleet in
                let nowhere = try await fleet.app.send(
                    "mixed.mark", args: [8002], options: CallOptions(replyTo: "no-such-queue"))
                try await waitUntil { runs(of: 8002, in: fleet) == 1 }
                try await expectAnswers(fleet)
                #expect(runs(of: 8002, in: fleet) == 1, "\(fleet.queues)")
                #expect(try await nowhere.state == .pending)
            }
        }

        @Test("no dead letters and no messages are left in the queue of the worker")
        func nothingLeft() async throws {
            try await RabbitMQFleet.withEach { fleet in
                try await expectAnswers(fleet)
                try await waitUntil { try await fleet.app.backend.require(.counters).counts(of: "celery").ready == 0 }
            }
        }

        /// The worker is alive and does its work.
        private func expectAnswers(_ fleet: RabbitMQFleet) async throws {
            for number in 0..<20 {
                let sum = try await fleet.app.send("swift.add", args: [.integer(Int64(number)), 1])
                #expect(try await sum.get(timeout: .seconds(30)) == .integer(Int64(number + 1)))
            }
        }

        private func runs(of number: Int, in fleet: RabbitMQFleet) -> Int {
            fleet.scratch.lines("journal").count { $0 == "swift \(number)" }
        }
    }
}
