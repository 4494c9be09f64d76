import CeleriacCore
import Foundation
import Synchronization

/// A Python process which runs the code that a check hands it: with stock Celery `Python/peer.py`, with RQ `Python/rqpeer.py`.
///
/// ```swift
/// #expect(try await python("swift.add.delay(2, 2).get(timeout=10)") == 4)
/// ```
final class PythonClient: Sendable {
    private struct Pending {
        var next = 0
        var replies: [Int: @Sendable (Result<JSONValue, any Error>) -> Void] = [:]
    }

    private let pending = Mutex(Pending())
    private let child = Mutex<ChildProcess?>(nil)

    init(
        broker: String? = nil, redis url: String, program: String = "peer.py", settings: JSONObject = [:],
        scratch: Scratch
    ) throws {
        let process = try ChildProcess(
            "python-client", Places.python, [Places.pythonSources.appending(path: program).path],
            environment: PythonWorker.environment(broker: broker, redis: url, settings: settings, scratch),
            in: scratch.folder,
            onLine: { [weak self] in self?.take($0) }
        )
        child.withLock { $0 = process }
    }

    /// Runs the code. The value is that of its last line, as JSON; what JSON has no word for as its `repr`.
    ///
    /// - Throws: ``PythonError`` for an exception.
    @discardableResult
    func callAsFunction(_ code: String) async throws -> JSONValue {
        guard let child = child.withLock({ $0 }) else { throw CancellationError() }
        return try await withCheckedThrowingContinuation { continuation in
            let id = pending.withLock { pending in
                pending.next += 1
                pending.replies[pending.next] = { continuation.resume(with: $0) }
                return pending.next
            }
            do {
                try child.write(JSONValue.object(["id": .integer(Int64(id)), "code": .string(code)]).text)
            } catch {
                pending.withLock { $0.replies.removeValue(forKey: id) }?(.failure(error))
            }
        }
    }

    func stop() {
        child.withLock { $0 }?.kill()
    }

    private func take(_ line: String) {
        guard let reply = try? JSONValue(parsing: line), let id = reply["id"]?.intValue else { return }
        let resume = pending.withLock { $0.replies.removeValue(forKey: id) }
        if let error = reply["error"] {
            resume?(.failure(PythonError(error)))
        } else {
            resume?(.success(reply["value"] ?? .null))
        }
    }
}

/// An exception that the code of a check raised.
struct PythonError: Error, CustomStringConvertible {
    let type: String
    let message: String
    let traceback: String

    init(_ error: JSONValue) {
        type = error["type"]?.stringValue ?? "?"
        message = error["message"]?.stringValue ?? ""
        traceback = error["traceback"]?.stringValue ?? ""
    }

    var description: String { "\(type): \(message)\n\(traceback)" }
}
