public import CeleriacCanvas

/// What a canvas is made of: a call or several composed, that starts by itself and comes to one output.
///
/// ``Signature``, ``Chain`` and, for tasks known by name alone, `CanvasSignature`.
public protocol CanvasPart<Output>: Sendable {
    associatedtype Output: Sendable

    /// The same without types, as it is sent.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` where an option of a call cannot travel in a canvas; with the error of
    ///   an argument that cannot be encoded.
    func canvasSignature() throws -> CanvasSignature

    /// Reads its output, JSON text.
    func decodeResult(_ bytes: [UInt8]) throws -> Output
}

extension CanvasSignature: CanvasPart {
    public func canvasSignature() -> CanvasSignature { self }

    public func decodeResult(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONCoding.decode(JSONValue.self, from: bytes, limits: .checkedBefore)
    }
}

/// A part that can be a step: what it wants otherwise can be said of it.
protocol StepPart<Output>: CanvasPart {
    /// Of several calls, it is said of the first.
    func with(_ options: CallOptions) -> Self
}

/// A call that takes nothing from the one before.
struct ImmutableCall<Output: Sendable>: StepPart {
    let call: Signature<Output>

    func with(_ options: CallOptions) -> ImmutableCall { ImmutableCall(call: call.with(options)) }

    func canvasSignature() throws -> CanvasSignature {
        try call.canvasSignature().immutable()
    }

    func decodeResult(_ bytes: [UInt8]) throws -> Output { try call.decodeResult(bytes) }
}

/// A part, and what is called when it has ended.
struct LinkedPart<Output: Sendable>: CanvasPart {
    let part: any CanvasPart<Output>
    let links: CallLinks

    func canvasSignature() throws -> CanvasSignature {
        try part.canvasSignature().linked(to: links)
    }

    func decodeResult(_ bytes: [UInt8]) throws -> Output { try part.decodeResult(bytes) }
}

extension [any CanvasPart] {
    func signatures() throws -> [CanvasSignature] {
        try map { try $0.canvasSignature() }
    }
}

extension CanvasSignature {
    /// With these callbacks and errbacks.
    func linked(to links: CallLinks) throws -> CanvasSignature {
        var linked = self
        for callback in try links.callbacks.signatures() { linked = linked.linked(to: callback) }
        for errback in try links.errbacks.signatures() { linked = linked.linkedOnError(to: errback) }
        return linked
    }
}
