import AMQPClient
import CeleriacCore
import Testing

@testable import CeleriacRabbitMQ

@Suite("How long a listener tries again")
struct ControlPersistenceTests {
    private let lost = AMQPError(.connectionLost, "lost")
    private let locked = AMQPError(.server, "locked", server: AMQPServerError(code: 405, text: "RESOURCE_LOCKED"))

    @Test("an unreachable server is tried again and again, with pauses that grow and begin anew after a success")
    func pauses() {
        var persistence = Persistence(heartbeat: .seconds(10))
        let first = (0..<8).map { persistence.pause(after: lost, at: .seconds($0)) }
        #expect(first.first == .milliseconds(50) && first.last == .seconds(2))
        persistence.succeeded()
        #expect(persistence.pause(after: lost, at: .seconds(9)) == .milliseconds(50))
    }

    @Test("a queue that another connection holds is given up at once at the first try")
    func lockedAtFirst() {
        var persistence = Persistence(heartbeat: .seconds(10))
        #expect(persistence.pause(after: lost, at: .zero) != nil)
        #expect(persistence.pause(after: locked, at: .seconds(1)) == nil)
    }

    @Test("after a lost connection the server gets two heartbeats to release the queue")
    func lockedAgain() {
        var persistence = Persistence(heartbeat: .seconds(10))
        persistence.succeeded()
        #expect(persistence.pause(after: lost, at: .seconds(100)) != nil)
        #expect(persistence.pause(after: locked, at: .seconds(101)) != nil)
        #expect(persistence.pause(after: locked, at: .seconds(120)) != nil)
        #expect(persistence.pause(after: locked, at: .seconds(130)) == nil)
    }

    @Test(
        "what a further try would not mend ends it",
        arguments: [
            AMQPError(.unauthorized, "x"), AMQPError(.closed, "x"), AMQPError(.invalid, "x"),
            AMQPError(.server, "x", server: AMQPServerError(code: 406, text: "PRECONDITION_FAILED")),
        ])
    func ends(error: AMQPError) {
        var persistence = Persistence(heartbeat: .seconds(10))
        persistence.succeeded()
        #expect(persistence.pause(after: error, at: .zero) == nil)
    }

    @Test(
        "what passes does not end it",
        arguments: [
            AMQPError(.consumerCancelled, "x"), AMQPError(.deadlineExceeded, "x"), AMQPError(.channelLost, "x"),
            AMQPError(.server, "x", server: AMQPServerError(code: 320, text: "CONNECTION_FORCED")),
        ])
    func goesOn(error: AMQPError) {
        var persistence = Persistence(heartbeat: .seconds(10))
        #expect(persistence.pause(after: error, at: .zero) != nil)
    }
}
