import CeleriacCore
import CeleriacTesting
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "rpc:// keeps the promises of a result backend",
    .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"))
struct RPCConformanceTests {
    /// Promises that cannot hold, by name, with the reason.
    static let differences = [
        "a record is there until its time, and not from then on": expiry,
        "a record without expiry stays": expiry,
        "a later record sets a new expiry": expiry,
        "what has expired keeps out no later record": expiry,
        "a record comes back as it went, with all that it has": ids,
    ]
    private static let ids =
        "an id of more than 255 bytes, or with a NUL, cannot be a correlation id; no call that is sent has one"
    private static let expiry =
        "a message does not say how long its state is kept: the process that receives it decides, by its own lifetime"

    static let kept = ResultBackendCheck.all.filter { differences[$0.name] == nil }

    @Test("the backend keeps its promise", .timeLimit(.minutes(15)), arguments: kept)
    func keepsItsPromise(check: ResultBackendCheck) async throws {
        let time = ManualTime()
        var options = RPCOptions()
        options.extendedResults = true
        try await RPCLoop.with(options, time: time) { loop in try await check.run(loop, time) }
    }

    @Test("each difference that we admit is one of the suite's promises")
    func differencesExist() {
        let names = Set(ResultBackendCheck.all.map(\.name))
        for name in Self.differences.keys { #expect(names.contains(name)) }
    }
}
