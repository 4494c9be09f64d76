import CeleriacCanvas

/// A call as part of a canvas.
extension UnsentCall {
    /// - Throws: `CeleriacError` with code `unsupported` for what cannot travel, or with the error of an argument.
    func canvasSignature() throws -> CanvasSignature {
        if let failure = arguments.failure { throw failure }
        try terms.checkThatOptionsTravel(in: "\"\(task)\"")
        return try signature()
    }

    /// With its links and stamps, whether or not all of its options travel.
    private func signature() throws -> CanvasSignature {
        let work = mapping?.work ?? .call(task, arguments)
        let signature = CanvasSignature(work, options: terms.canvasOptions, isImmutable: mapping != nil)
        return try signature.linked(to: links).stamped(stamps)
    }

    /// What a call that is sent alone carries: callbacks, errbacks and stamps; `nil` where it has none.
    func carried() throws -> CanvasOptions? {
        links.isEmpty && stamps.isEmpty ? nil : try signature().options
    }
}
