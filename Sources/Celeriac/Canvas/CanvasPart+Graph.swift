import CeleriacCanvas

/// Drawing what is not sent yet.
extension CanvasPart {
    /// Draws what waits for what, with callbacks and errbacks.
    ///
    /// ```swift
    /// print(try chain($fetch(page), $count.then()).graph(.mermaid))
    /// ```
    ///
    /// - Throws: as ``canvasSignature()``; `CeleriacError` with code `tooLarge` for what is too large to be sent.
    public func graph(_ format: CanvasGraph.Format = .mermaid) throws -> String {
        try CanvasGraph(canvasSignature()).text(format)
    }
}

extension CallGroup {
    /// The same of a group.
    public func graph(_ format: CanvasGraph.Format = .mermaid) throws -> String {
        try CanvasGraph(canvasSignature()).text(format)
    }
}
