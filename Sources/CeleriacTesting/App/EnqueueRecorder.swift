import Celeriac
import CeleriacCore
import Synchronization

/// Records the calls that are published, as the innermost middleware.
///
/// Calls are kept in the order in which they were planned: with some stores a worker may run a call before the report
/// of its publish arrives.
final class EnqueueRecorder: TaskMiddleware {
    private struct Entry {
        let message: Message
        /// `nil` until the call is published.
        var queue: QueueName?
    }

    private let entries = Guarded<[Entry]>([])

    var calls: [EnqueuedCall] {
        entries.withLock { entries in
            entries.compactMap { entry in entry.queue.map { EnqueuedCall(message: entry.message, queue: $0) } }
        }
    }

    func clear() { entries.withLock { $0 = [] } }

    func plan(_ messages: [Message]) async throws -> [Message] {
        entries.withLock { $0 += messages.map { Entry(message: $0) } }
        return messages
    }

    func published(_ publications: [Publication], _ report: PublishReport) async {
        entries.withLock { entries in
            for call in publications where report.duplicates[call.envelope.id] == nil {
                let place = entries.lastIndex { $0.queue == nil && $0.message.id == call.envelope.id }
                if let place { entries[place].queue = call.queue }
            }
        }
    }
}
