#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Carries the RQ options of a call to the broker.
extension Publisher {
    /// Writes RQ options into the headers, as far as headers can carry them. A broker that supports jobs receives the
    /// rest with the publication.
    ///
    /// - Throws: `CeleriacError` with code `invalidArguments`, or `unsupported` if the broker does not support an
    ///   option.
    func apply(_ job: JobOptions, to headers: inout MessageHeaders) throws {
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

    /// - Throws: `CeleriacError` with code `unsupported` if the broker would ignore an option that the call sets.
    func refuseUnkept(unique: Uniqueness?, atFront: Bool) throws {
        guard unique != nil || atFront else { return }
        let traits = broker.traits
        var names: [String] = []
        if unique != nil, !traits.uniqueKeys { names.append("unique") }
        if atFront, !traits.front { names.append("atFront") }
        guard !names.isEmpty else { return }
        throw CeleriacError(
            .unsupported,
            "the broker of this app (\(type(of: broker))) does not support \(names.joined(separator: ", ")) of a call: "
                + "leave it out, or use a broker that does")
    }

    private func refuse(_ needs: [(name: String, instead: String)]) throws {
        guard let first = needs.first else { return }
        throw CeleriacError(
            .unsupported,
            "the broker of this app (\(broker.transport)) does not support "
                + "\(needs.map(\.name).joined(separator: ", ")) of a job: use rq://, or \(first.instead)"
        )
    }

    /// Checks the callbacks that this program knows: whether they accept the arguments that they will be called with.
    private func check(_ callbacks: JobCallbacks) throws {
        guard !callbacks.isEmpty else { return }
        try tasks.discover()
        try check(callbacks.success, "onSuccess", takes: ["id", "result"])
        try check(callbacks.failure, "onFailure", takes: ["id", "error"])
        try check(callbacks.stopped, "onStopped", takes: ["id"])
    }

    private func check(_ callback: JobCallback?, _ name: String, takes arguments: [String]) throws {
        guard let callback, let parameters = tasks.parameters(of: callback.task) else { return }
        let positional = parameters.filter { $0.position != nil }
        let needed = parameters.filter { !$0.hasDefault }
        let fits =
            positional.count >= arguments.count && needed.count <= arguments.count
            && needed.allSatisfy { $0.position != nil }
        guard !fits else { return }
        throw CeleriacError(
            .invalidArguments,
            "\"\(callback.task)\" cannot be called by \(name): it would receive \(arguments.joined(separator: ", ")) "
                + "by position, but it takes \(parameters.isEmpty ? "nothing" : parameters.map(\.name).joined(separator: ", "))"
        )
    }

    /// - Throws: `CeleriacError` with code `duplicateJob`, which names the ids that are taken.
    func refuseDuplicates(_ report: PublishReport, _ calls: [OutgoingCall]) throws {
        guard !report.duplicates.isEmpty else { return }
        let refused = calls.filter {
            $0.job?.value.isUnique == true && report.duplicates[$0.message.id] == $0.message.id
        }
        .map(\.message.id.rawValue)
        guard !refused.isEmpty else { return }
        throw CeleriacError(
            .duplicateJob,
            "a job with the id \(refused.joined(separator: ", ")) exists already and unique: true was set; it was not enqueued again"
        )
    }
}

// MARK: A task as a callback

extension CallableTask {
    public var callback: JobCallback { JobCallback(name) }
}

extension JobCallback {
    /// Makes a callback from a task's handle. `timeout` limits its run, in whole seconds; one minute by default.
    public init(_ task: some CallableTask, timeout: Duration = .seconds(60)) {
        self.init(task.name, timeout: timeout)
    }
}
