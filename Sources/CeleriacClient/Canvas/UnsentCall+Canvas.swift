import CeleriacCanvas

/// Turns a call into a part of a canvas.
extension UnsentCall {
    /// - Throws: `CeleriacError` with code `unsupported` for options that cannot travel in a canvas; the error of an
    ///   argument that cannot be encoded.
    func canvasSignature() throws -> CanvasSignature {
        if let failure = arguments.failure { throw failure }
        try terms.checkThatOptionsTravel(in: "\"\(task)\"")
        return try signature()
    }

    /// Makes the signature with links and stamps, without checking that all options can travel.
    private func signature() throws -> CanvasSignature {
        let work = mapping?.work ?? .call(task, arguments)
        let signature = CanvasSignature(work, options: terms.canvasOptions, isImmutable: mapping != nil)
        return try signature.linked(to: links).stamped(stamps)
    }

    /// Returns the callbacks, errbacks and stamps that a single call carries; `nil` if it has none.
    func carried() throws -> CanvasOptions? {
        links.isEmpty && stamps.isEmpty ? nil : try signature().options
    }
}
