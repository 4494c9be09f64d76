import RESPClient
import RedisUnderTest
import Synchronization

/// Waits until it is so. The time limit of the test is the only one.
func wait(until condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Pause.briefly() }
}

/// What happened so far, in order.
final class Trace<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }
    var count: Int { all.count }
    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

extension RedisServer {
    /// For a patient client, since the tests share the machine.
    var configuration: RESPConfiguration {
        var configuration = RESPConfiguration(address: .host("127.0.0.1", port: port))
        configuration.connectTimeout = .seconds(30)
        configuration.deadline = .seconds(60)
        return configuration
    }
}

/// A client for the scope of `body`; closed at its end.
func withClient(
    _ configuration: RESPConfiguration, changed change: (inout RESPConfiguration) -> Void = { _ in },
    _ body: (RESPClient) async throws -> Void
) async throws {
    var configuration = configuration
    change(&configuration)
    let client = RESPClient(configuration)
    let result: Result<Void, any Error>
    do { result = .success(try await body(client)) } catch { result = .failure(error) }
    await client.close()
    try result.get()
}

extension RESPClient {
    /// Waits until a command is answered: the first one after a restart may still go out on the old connection.
    func waitUntilServed() async throws {
        try await wait { await code { _ = try await send(RESPCommand("PING"), deadline: .seconds(30)) } == nil }
    }
}

/// The code of the error that `body` throws.
func code(of body: () async throws -> Void) async -> RESPError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? RESPError)?.code
    }
}
