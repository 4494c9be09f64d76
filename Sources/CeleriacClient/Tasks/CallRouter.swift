/// Chooses the queue or exchange of a call: the caller's choice, else the task's, else the first route that matches,
/// else the default queue.
package struct CallRouter: Sendable {
    let routes: [TaskRoute]
    let fallback: QueueName
    /// The queues that calls may use; `nil` allows every queue, created by its first use.
    let declared: Set<QueueName>?
    /// The broker, if it reserves some queue names for its own data.
    let reserving: (any QueueReserving)?

    /// - Throws: as ``check(_:)`` does.
    func queue(for task: TaskName, asked: QueueName?) throws -> QueueName {
        let queue = choice(for: task, asked: asked)
        try check(queue)
        return queue
    }

    /// The queue of a task's calls whose callers name neither queue nor exchange, unchecked; `nil` if such calls go
    /// through an exchange.
    package func usualQueue(of task: TaskName, _ options: TaskOptions) -> QueueName? {
        guard route(for: task, asked: options.route, queue: options.queue) == nil else { return nil }
        return choice(for: task, asked: options.queue)
    }

    private func choice(for task: TaskName, asked: QueueName?) -> QueueName {
        asked ?? routes.first { $0.fits(task) }?.queue ?? fallback
    }

    /// Returns the exchange route of a call; `nil` if it goes straight to a queue.
    func route(for task: TaskName, asked: ExchangeRoute?, queue: QueueName?) -> ExchangeRoute? {
        if let asked { return asked }
        return queue == nil ? routes.first { $0.fits(task) }?.route : nil
    }

    /// - Throws: `CeleriacError` with code `invalidName` if the broker reserves the name, `unknownQueue` if the app's
    ///   queues are declared and this is not one of them.
    package func check(_ queue: QueueName) throws {
        if let objection = reserving?.objection(to: queue) { throw QueueName.refusal(of: queue.rawValue, objection) }
        guard let declared, !declared.contains(queue) else { return }
        let known = declared.map(\.rawValue).sorted().joined(separator: ", ")
        throw CeleriacError(.unknownQueue, "there is no queue \"\(queue)\"; known queues: \(known)")
    }
}
