import Celeriac
import CeleriacCore
import CeleriacMemory
import Synchronization

/// Notes what is published, as the innermost middleware.
final class EnqueueRecorder: TaskMiddleware {
    private let store: MemoryStore
    private let recorded = Guarded<[EnqueuedCall]>([])

    init(_ store: MemoryStore) { self.store = store }

    var calls: [EnqueuedCall] { recorded.withLock { $0 } }

    func clear() { recorded.withLock { $0 = [] } }

    func publish(_ messages: [Message], next: PublishNext) async throws -> PublishReport {
        let report = try await next(messages)
        for message in messages where report.duplicates[message.id] == nil {
            let queue = try await store.message(of: message.id)?.queue
            recorded.withLock { $0.append(EnqueuedCall(message: message, queue: queue)) }
        }
        return report
    }
}
