import Celeriac

extension TaskApp {
    /// What the broker can do besides carrying messages.
    ///
    /// - Throws: ``CeleriacError`` with code `unsupported`.
    func ability<Ability>(_ type: Ability.Type, to purpose: String) throws -> Ability {
        if let able = broker as? Ability { return able }
        throw CeleriacError(.unsupported, "the broker of this app cannot \(purpose)")
    }

    func inspector() throws -> any Inspector { try ability((any Inspector).self, to: "be looked into") }

    func deadLetterStore() throws -> any DeadLetterStore {
        try ability((any DeadLetterStore).self, to: "keep dead letters")
    }

    func workers() async throws -> [WorkerStatus] {
        try await ability((any WorkerDirectory).self, to: "tell which workers live").workers()
    }

    /// The queues that are declared, hold or held something, or take what names none; sorted.
    func knownQueues() async throws -> [QueueName] {
        var queues = options.queues ?? [options.defaultQueue]
        if let inspector = broker as? any Inspector { queues.formUnion(try await inspector.queues()) }
        return queues.sorted { $0.rawValue < $1.rawValue }
    }

    /// A queue that someone named by hand.
    ///
    /// - Throws: ``CommandFailure`` that names those there are.
    func knownQueue(_ text: String) async throws -> QueueName {
        let queue = try QueueName(text)
        let known = try await knownQueues()
        guard known.contains(queue) || !(broker is any Inspector) else {
            let names = known.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.notFound, "there is no queue \"\(queue)\"; there are \(names)")
        }
        return queue
    }
}
