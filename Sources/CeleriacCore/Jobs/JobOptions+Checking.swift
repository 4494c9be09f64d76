extension JobOptions {
    /// - Throws: ``CeleriacError`` with code `invalidArguments`, which names the invalid or conflicting option.
    package func check(isTimed: Bool) throws {
        try demand(!isUnique || id != nil, "unique: true requires an id")
        try demand(timeout.map { $0 > .zero } ?? true, "timeout must be greater than zero")
        try demand(ttl.map { $0 > .zero } ?? true, "ttl must be greater than zero")
        for lifetime in [resultTTL, failureTTL].compactMap({ $0?.duration }) {
            try demand(lifetime >= .zero, "resultTTL and failureTTL must not be negative")
        }
        for pause in (retry?.intervals ?? []) + (repetition?.intervals ?? []) {
            try demand(pause >= .zero, "the intervals of retry and repeat must not be negative")
        }
        try demand(group?.isEmpty != true, "group must not be empty")
        if let repetition { try demand(repetition.times > 0, "repeat must be at least once") }
        if let rateLimit { try rateLimit.check() }
        for webhook in webhooks { try webhook.check() }
        if let dependencies { try check(dependencies, isTimed: isTimed) }
    }

    private func check(_ dependencies: JobDependencies, isTimed: Bool) throws {
        try demand(!dependencies.ids.isEmpty, "dependsOn must name at least one job")
        try demand(
            !isTimed,
            "a job that depends on others starts when they have ended: leave out in: and at:")
        try demand(id.map { !dependencies.ids.contains($0) } ?? true, "a job cannot depend on itself")
    }

    /// The options that only a ``JobBroker`` supports, by the names that the caller used, each with an alternative.
    package var needsJobBroker: [(name: String, instead: String)] {
        var needs: [(name: String, instead: String)] = []
        if dependencies != nil { needs.append(("dependsOn", "enqueue it from the task that it waits for")) }
        if repetition != nil { needs.append(("repeat", "have the task enqueue itself again")) }
        if rateLimit != nil { needs.append(("rateLimit", "give the task a rateLimit in its TaskOptions")) }
        if !webhooks.isEmpty { needs.append(("webhooks", "make the request in an onSuccess or onFailure task")) }
        if let resultTTL, resultTTL != .zero {
            needs.append(("resultTTL", "set AppOptions.resultExpiry; .zero is possible for a single job"))
        }
        if failureTTL != nil { needs.append(("failureTTL", "delete dead letters that are no longer wanted")) }
        return needs
    }
}

func demand(_ isRight: Bool, _ words: @autoclosure () -> String) throws {
    guard !isRight else { return }
    throw CeleriacError(.invalidArguments, "the job cannot be enqueued: \(words())")
}
