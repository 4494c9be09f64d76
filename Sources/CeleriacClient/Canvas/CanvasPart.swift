public import CeleriacCanvas

/// A part of a canvas: one call or several composed, which starts without input and has one output.
///
/// ``Signature`` and ``Chain`` are parts, and `CanvasSignature` is one for tasks that are known only by name.
public protocol CanvasPart<Output>: Sendable {
    associatedtype Output: Sendable

    /// Returns the same part without types, in the form in which it is sent. Public so that your own types can be parts;
    /// to send a part, pass it to `TaskApp.send(_:)`.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if an option of a call cannot travel in a canvas; the error of
    ///   an argument that cannot be encoded.
    func canvasSignature() throws -> CanvasSignature

    /// Decodes its output from JSON text.
    func decodeResult(_ bytes: [UInt8]) throws -> Output
}

extension CanvasSignature: CanvasPart {
    public func canvasSignature() -> CanvasSignature { self }

    public func decodeResult(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONCoding.decode(JSONValue.self, from: bytes, limits: .checkedBefore)
    }
}

/// A part that can be a step of a chain: its options can be replaced.
protocol StepPart<Output>: CanvasPart {
    /// Returns a copy with other options. For a composite, the options apply to the call that starts first, or to each
    /// of those that start together: the calls of a chord's header.
    func with(_ options: CallOptions) -> Self
}

/// A call that does not take the output of the previous one.
struct ImmutableCall<Output: Sendable>: StepPart {
    let call: Signature<Output>

    func with(_ options: CallOptions) -> ImmutableCall { ImmutableCall(call: call.with(options)) }

    func canvasSignature() throws -> CanvasSignature {
        try call.canvasSignature().immutable()
    }

    func decodeResult(_ bytes: [UInt8]) throws -> Output { try call.decodeResult(bytes) }
}

/// A part with its callbacks and errbacks.
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
    /// Returns a copy with these callbacks and errbacks added.
    func linked(to links: CallLinks) throws -> CanvasSignature {
        var linked = self
        for callback in try links.callbacks.signatures() { linked = linked.linked(to: callback) }
        for errback in try links.errbacks.signatures() { linked = linked.linkedOnError(to: errback) }
        return linked
    }
}
