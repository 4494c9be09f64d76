#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How what a call says in RQ's words travels.
extension TaskApp {
    /// Writes it into the headers, as far as they carry it; the rest goes with the publication to a broker that keeps jobs.
    ///
    /// - Throws: `CeleriacError` with code `invalidArguments`, or `unsupported` where the broker cannot do what is asked.
    func heed(_ job: JobOptions, in headers: inout MessageHeaders) throws {
        try job.check(isTimed: headers.eta != nil)
        try check(job.callbacks)
        if let group = job.group { headers.group = group }
        if !job.meta.isEmpty { headers.extra["meta"] = .object(job.meta) }
        guard backend.jobs == nil else { return }
        try refuse(job.needsJobBroker)
        if let callbacks = job.callbacks.value { headers.extra[JobCallbacks.header] = callbacks }
        if let retry = job.retry { headers.extra[JobRetry.header] = retry.value }
        if let description = job.description { headers.extra["description"] = .string(description) }
        if let ttl = job.ttl { headers.expires = (headers.eta ?? time.now).adding(ttl) }
    }

    private func refuse(_ needs: [(name: String, instead: String)]) throws {
        guard let first = needs.first else { return }
        throw CeleriacError(
            .unsupported,
            "the broker of this app (\(broker.transport)) cannot heed \(needs.map(\.name).joined(separator: ", ")) of a job: "
                + "use rq://, or \(first.instead)"
        )
    }

    /// What of a callback is known here: whether it takes what it will be called with.
    private func check(_ callbacks: JobCallbacks) throws {
        guard !callbacks.isEmpty else { return }
        try discoverTasks()
        try check(callbacks.success, "onSuccess", takes: ["id", "result"])
        try check(callbacks.failure, "onFailure", takes: ["id", "error"])
        try check(callbacks.stopped, "onStopped", takes: ["id"])
    }

    private func check(_ callback: JobCallback?, _ name: String, takes arguments: [String]) throws {
        guard let callback, let parameters = registry[callback.task]?.parameters else { return }
        let positional = parameters.filter { $0.position != nil }
        let needed = parameters.filter { !$0.hasDefault }
        let fits =
            positional.count >= arguments.count && needed.count <= arguments.count
            && needed.allSatisfy { $0.position != nil }
        guard !fits else { return }
        throw CeleriacError(
            .invalidArguments,
            "\"\(callback.task)\" cannot be called by \(name): that gives it \(arguments.joined(separator: ", ")) by position, and "
                + "it takes \(parameters.isEmpty ? "nothing" : parameters.map(\.name).joined(separator: ", "))"
        )
    }

    /// - Throws: `CeleriacError` with code `duplicateJob`, which names the ids that are taken.
    func refuseDuplicates(_ report: PublishReport, _ messages: [Message], of calls: [UnsentCall]) throws {
        guard !report.duplicates.isEmpty else { return }
        let refused = zip(messages, calls).compactMap { message, call in
            let isRefused = call.options.job?.isUnique == true && report.duplicates[message.id] == message.id
            return isRefused ? message.id.rawValue : nil
        }
        guard !refused.isEmpty else { return }
        throw CeleriacError(
            .duplicateJob,
            "there is a job of the id \(refused.joined(separator: ", ")) already, and it is to be unique; it was not enqueued again"
        )
    }
}

// MARK: A task as a callback

extension CallableTask {
    public var callback: JobCallback { JobCallback(name) }
}

extension JobCallback {
    /// A task that is called when a job ends, by its handle. It may run for so many whole seconds; one minute by default.
    public init(_ task: some CallableTask, timeout: Duration = .seconds(60)) {
        self.init(task.name, timeout: timeout)
    }
}
