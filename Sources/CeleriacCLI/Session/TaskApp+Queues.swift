import Celeriac

extension TaskApp {
    /// Returns the declared queues, the default queue if none are declared, and all queues that the broker knows;
    /// sorted.
    func knownQueues() async throws -> [QueueName] {
        var queues = options.queues ?? [options.defaultQueue]
        if let inspector = backend.inspector { queues.formUnion(try await inspector.queues()) }
        return queues.sorted { $0.rawValue < $1.rawValue }
    }

    /// Returns the queue with this name, which a user typed.
    ///
    /// - Throws: ``CommandFailure`` that lists the known queues, if the name is not one of them.
    func knownQueue(_ text: String) async throws -> QueueName {
        let queue = try QueueName(text)
        let known = try await knownQueues()
        guard known.contains(queue) || backend.inspector == nil else {
            let names = known.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.notFound, "there is no queue \"\(queue)\"; known queues: \(names)")
        }
        return queue
    }
}
