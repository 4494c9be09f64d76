/// A call as part of a canvas.
extension UnsentCall {
    /// - Throws: `CeleriacError` with code `unsupported` for what cannot travel, or with the error of an argument.
    func canvasSignature(_ priorities: CanvasSurroundings.Priorities) throws -> CanvasSignature {
        if let failure = arguments.failure { throw failure }
        try checkThatOptionsTravel()
        return try signature(priorities)
    }

    /// With its links and stamps, whether or not all of its options travel.
    private func signature(_ priorities: CanvasSurroundings.Priorities) throws -> CanvasSignature {
        let work = mapping?.work ?? .call(task, arguments)
        let signature = CanvasSignature(work, options: canvasOptions(priorities), isImmutable: mapping != nil)
        return try signature.linked(to: links, priorities).stamped(stamps)
    }

    /// What a call that is sent alone carries: callbacks, errbacks and stamps; `nil` where it has none.
    func carried(_ priorities: CanvasSurroundings.Priorities) throws -> CanvasOptions? {
        links.isEmpty && stamps.isEmpty ? nil : try signature(priorities).options
    }

    private func checkThatOptionsTravel() throws {
        let stuck = [
            options.unique == nil ? nil : "unique", options.atFront ? "atFront" : nil, options.job == nil ? nil : "job",
        ].compactMap(\.self)
        guard !stuck.isEmpty else { return }
        throw CeleriacError(
            .unsupported,
            "the call of \"\(task)\" in a canvas asks for \(stuck.joined(separator: ", ")), which Celery's signatures cannot carry: "
                + "leave it out, or send the call alone")
    }

    private func canvasOptions(_ priorities: CanvasSurroundings.Priorities) -> CanvasOptions {
        var canvas = CanvasOptions()
        canvas.id = options.id
        canvas.queue = options.queue
        canvas.route = options.route
        canvas.countdown = options.eta == nil ? options.countdown : nil
        canvas.eta = options.eta
        canvas.expiresAfter = terms.expiresAfter
        if let expires = options.expires { canvas.expires = expires }
        canvas.priority = options.priority.map { priorities.wire(of: $0) }
        canvas.timeLimit = options.timeLimit
        canvas.softTimeLimit = options.softTimeLimit
        canvas.ignoreResult = options.ignoreResult
        canvas.replyTo = options.replyTo
        if options.retries > 0 { canvas.values["retries"] = .integer(Int64(options.retries)) }
        if let shadow = options.shadow { canvas.values["shadow"] = .string(shadow) }
        if let serializer = options.serializer { canvas.values["serializer"] = .string(serializer.name) }
        if let compression = options.compression { canvas.values["compression"] = .string(compression.rawValue) }
        if !options.headers.isEmpty { canvas.values["headers"] = .object(options.headers) }
        return canvas
    }
}

extension CanvasSurroundings.Priorities {
    fileprivate func wire(of priority: CallPriority) -> Int {
        switch self {
        case .lowFirst: 9 - priority.rawValue
        case .highFirst: priority.rawValue
        }
    }
}
