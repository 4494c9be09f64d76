import ArgumentParser
import Celeriac

/// How long to wait for a call to end: `--wait` for as long as it takes, `--wait 30` for at most so long.
struct WaitArgument: ExpressibleByArgument, CustomStringConvertible {
    /// `nil` = as long as it takes.
    let limit: Duration?

    static let forever = WaitArgument(limit: nil)

    private init(limit: Duration?) { self.limit = limit }

    init?(argument: String) {
        guard let length = DurationArgument(argument: argument) else { return nil }
        limit = length.duration
    }

    var description: String { limit.map(\.brief) ?? "as long as it takes" }
}

extension TaskApp {
    /// What is known of a call, once it has ended if there is to be a wait.
    ///
    /// - Throws: ``CeleriacError`` with code `unknownTaskID`, `timeout` or `noResultBackend`.
    func record(of id: TaskID, waiting wait: WaitArgument?) async throws -> TaskRecord {
        let result = result(of: id, as: JSONValue.self)
        if let wait {
            do { _ = try await result.get(timeout: wait.limit) } catch is TaskFailure {
                // The record tells it better.
            }
        }
        if let record = try await result.record { return record }
        throw CeleriacError(
            .unknownTaskID, "nothing is known of task \(id): it was never enqueued here, was forgotten, or has expired"
        )
    }
}
