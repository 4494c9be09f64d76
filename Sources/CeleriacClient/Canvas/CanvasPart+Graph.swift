import CeleriacCanvas

/// Draws a canvas that is not sent yet.
extension CanvasPart {
    /// Draws which calls wait for which, with callbacks and errbacks.
    ///
    /// ```swift
    /// print(try chain($fetch(page), $count.then()).graph(.mermaid))
    /// ```
    ///
    /// - Throws: as ``canvasSignature()``; `CeleriacError` with code `tooLarge` for a canvas that is too large to be
    ///   sent.
    public func graph(_ format: CanvasGraph.Format = .mermaid) throws -> String {
        try CanvasGraph(canvasSignature()).text(format)
    }
}

extension CallGroup {
    /// Draws which calls wait for which, as ``CanvasPart/graph(_:)`` does.
    public func graph(_ format: CanvasGraph.Format = .mermaid) throws -> String {
        try CanvasGraph(canvasSignature()).text(format)
    }
}
