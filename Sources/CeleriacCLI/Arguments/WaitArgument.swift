import ArgumentParser
import Celeriac

/// How long to wait for a call to end: `--wait` waits without a limit, `--wait 30` at most 30 seconds.
struct WaitArgument: ExpressibleByArgument, CustomStringConvertible {
    /// `nil` if there is no limit.
    let limit: Duration?

    static let forever = WaitArgument(limit: nil)

    private init(limit: Duration?) { self.limit = limit }

    init?(argument: String) {
        guard let length = DurationArgument(argument: argument) else { return nil }
        limit = length.duration
    }

    var description: String { limit.map(\.brief) ?? "no limit" }
}

extension TaskApp {
    /// Returns the record of a call; if `wait` is given, only after the call has ended.
    ///
    /// - Throws: ``CeleriacError`` with code `unknownTaskID`, `timeout` or `noResultBackend`.
    func record(of id: TaskID, waiting wait: WaitArgument?) async throws -> TaskRecord {
        let result = result(of: id, as: JSONValue.self)
        if let wait {
            do { _ = try await result.get(timeout: wait.limit) } catch is TaskFailure {
                // The record contains the failure, and more.
            }
        }
        if let record = try await result.record { return record }
        throw CeleriacError(
            .unknownTaskID,
            "nothing is known about task \(id): it was never enqueued here, stores no result, "
                + "its result was deleted, or it has expired"
        )
    }
}
