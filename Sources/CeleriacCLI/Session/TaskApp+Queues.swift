import Celeriac

extension TaskApp {
    /// The queues that are declared, hold or held something, or take what names none; sorted.
    func knownQueues() async throws -> [QueueName] {
        var queues = options.queues ?? [options.defaultQueue]
        if let inspector = backend.inspector { queues.formUnion(try await inspector.queues()) }
        return queues.sorted { $0.rawValue < $1.rawValue }
    }

    /// A queue that someone named by hand.
    ///
    /// - Throws: ``CommandFailure`` that names those there are.
    func knownQueue(_ text: String) async throws -> QueueName {
        let queue = try QueueName(text)
        let known = try await knownQueues()
        guard known.contains(queue) || backend.inspector == nil else {
            let names = known.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.notFound, "there is no queue \"\(queue)\"; there are \(names)")
        }
        return queue
    }
}
