/// A call's options in a canvas.
extension CallTerms {
    /// - Parameter title: names the call in the error.
    /// - Throws: `CeleriacError` with code `unsupported`, which names the options that signatures cannot carry.
    func checkThatOptionsTravel(in title: String) throws {
        let stuck = [
            options.unique == nil ? nil : "unique", options.atFront ? "atFront" : nil, options.job == nil ? nil : "job",
        ].compactMap(\.self)
        guard !stuck.isEmpty else { return }
        throw CeleriacError(
            .unsupported,
            "the call of \(title) in a canvas asks for \(stuck.joined(separator: ", ")), which Celery's signatures cannot carry: "
                + "leave it out, or send the call alone")
    }

    /// The options in the form of a signature.
    var canvasOptions: CanvasOptions {
        var canvas = CanvasOptions()
        canvas.id = options.id
        canvas.queue = options.queue
        canvas.route = options.route
        canvas.countdown = options.eta == nil ? options.countdown : nil
        canvas.eta = options.eta
        canvas.expiresAfter = expiresAfter
        if let expires = options.expires { canvas.expires = expires }
        canvas.priority = options.priority
        canvas.timeLimit = options.timeLimit
        canvas.softTimeLimit = options.softTimeLimit
        canvas.ignoreResult = options.ignoreResult
        canvas.replyTo = options.replyTo
        if !options.persistent { canvas.isPersistent = false }
        if options.retries > 0 { canvas.values["retries"] = .integer(Int64(options.retries)) }
        if let shadow = options.shadow { canvas.values["shadow"] = .string(shadow) }
        if let serializer = options.serializer { canvas.values["serializer"] = .string(serializer.name) }
        if let compression = options.compression { canvas.values["compression"] = .string(compression.rawValue) }
        if !options.headers.isEmpty { canvas.values["headers"] = .object(options.headers) }
        return canvas
    }
}
