import Celeriac
import CeleriacCore

/// The queues that live workers serve, as far as the stores of an app know.
struct ServedQueues {
    private var names: Set<String> = []
    /// Whether a queue that is not in ``names`` has no worker; otherwise that is unknown.
    private var isComplete = false

    /// Reads the worker directory. If that leaves a queue without a worker, the workers themselves are asked, because
    /// Python's workers are not in the directory.
    ///
    /// - Parameter timeout: how long workers have to answer.
    /// - Throws: `BrokerError` if the directory cannot be read.
    init(of app: TaskApp, among queues: [QueueName], timeout: Duration, _ terminal: Terminal) async throws {
        if let directory = app.backend.directory {
            let workers = try await directory.workers().filter { $0.stopRequestedAt == nil }
            names.formUnion(workers.flatMap(\.queues))
            isComplete = true
        }
        guard app.backend.control != nil, queues.contains(where: { !names.contains($0.rawValue) }) else { return }
        do {
            let replies = try await app.inspect(timeout: timeout).activeQueues()
            names.formUnion(replies.flatMap { $0.value ?? [] }.map(\.name))
            isComplete = true
        } catch let error as BrokerError {
            isComplete = false
            terminal.note("Note: the workers could not be asked which queues they serve: \(error)".onOneLine)
        }
    }

    /// Whether a live worker serves the queue; `nil` if that is unknown.
    func contains(_ queue: QueueName) -> Bool? {
        names.contains(queue.rawValue) ? true : isComplete ? false : nil
    }
}
