import CeleriacCanvas

/// Stamps for a call, or for every call of a canvas, to find them together later: Celery's custom stamping.
///
/// ```swift
/// try await chain($fetch(page), $count.then()).stamped(["tenant": "acme"]).delay()
/// try await app.control().revokeByStampedHeaders(["tenant": ["acme"]])
/// ```
///
/// A task reads its own stamps in ``TaskContext/stamps``. The calls that it sends, and those that follow it, carry them
/// too.
public struct CallStamps: Sendable {
    /// Returns additional stamps for a place of a canvas. The last argument contains the stamps that it has already.
    ///
    /// The stamps of a chain, a group or a chord apply to everything inside. Source: `celery/canvas.py`,
    /// `StampingVisitor`.
    public typealias Visitor =
        @Sendable (CanvasStamping.Place, CanvasSignature, JSONObject) throws -> JSONObject

    private let stamps: JSONObject
    private let stamping: CanvasStamping
    private let visitor: Visitor?

    /// - Parameters:
    ///   - stamps: the stamps by name; a value is one JSON value or an array of several.
    ///   - appending: whether a stamp that exists already becomes a list of both values; otherwise the new value
    ///     replaces it.
    ///   - visitor: called at each place for additional stamps.
    public init(_ stamps: JSONObject = [:], appending: Bool = false, visitor: Visitor? = nil) {
        self.stamps = stamps
        stamping = CanvasStamping(appends: appending)
        self.visitor = visitor
    }

    /// - Throws: `CeleriacError` with code `invalidArguments` for a stamp with the name of a call option; any error of
    ///   the visitor.
    func stamp(_ signature: CanvasSignature) throws -> CanvasSignature {
        try Self.check(stamps)
        return try stamping.stamp(signature, with: stamps, visitor: visitor.map(Self.checking))
    }

    private static func checking(_ visitor: @escaping Visitor) -> CanvasStamping.Visitor {
        { place, signature, given in
            let stamps = try visitor(place, signature, given)
            try check(stamps)
            return stamps
        }
    }

    /// A signature stores stamps among its options. A stamp with an option's name would change where or when the call
    /// runs.
    private static func check(_ stamps: JSONObject) throws {
        let names = stamps["stamped_headers"]?.arrayValue?.compactMap(\.keyValue) ?? Array(stamps.keys)
        guard let taken = names.map(\.text).sorted().first(where: CanvasOptions.names.contains) else { return }
        throw CeleriacError(
            .invalidArguments,
            "a stamp cannot be named \"\(taken)\", which is an option of every call: choose another name")
    }
}

/// A call or canvas that can be stamped before it is sent: a ``Signature``, a ``Step``, a ``Chain``, a ``CallGroup``, a
/// ``Chord``, a ``Workflow``.
public protocol Stampable {
    /// Returns a copy with these stamps added to everything that it contains when it is sent, including callbacks and
    /// errbacks.
    func stamped(_ stamps: CallStamps) -> Self
}

extension Stampable {
    /// Returns a copy with stamps on everything that it contains.
    ///
    /// - Parameters:
    ///   - stamps: the stamps by name, for example `["tenant": "acme"]`.
    ///   - appending: whether a stamp that exists already becomes a list of both values; otherwise the new value
    ///     replaces it.
    public func stamped(_ stamps: JSONObject, appending: Bool = false) -> Self {
        stamped(CallStamps(stamps, appending: appending))
    }

    /// Returns a copy with the stamps that a visitor returns for each place. Sending throws any error of the visitor.
    public func stamped(appending: Bool = false, by visitor: @escaping CallStamps.Visitor) -> Self {
        stamped(CallStamps(appending: appending, visitor: visitor))
    }
}

extension Signature: Stampable {
    public func stamped(_ stamps: CallStamps) -> Signature {
        var stamped = self
        stamped.stamps.append(stamps)
        return stamped
    }
}

extension CallGroup: Stampable {
    public func stamped(_ stamps: CallStamps) -> CallGroup {
        var stamped = self
        stamped.dress.stamps.append(stamps)
        return stamped
    }
}

extension Chain: Stampable {
    public func stamped(_ stamps: CallStamps) -> Chain { Chain(StampedPart(part: self, stamps: stamps)) }
}

extension Step: Stampable {
    public func stamped(_ stamps: CallStamps) -> Step { Step(StampedPart(part: part, stamps: stamps)) }
}

/// A part of a canvas with stamps on everything that it contains.
struct StampedPart<Output: Sendable>: StepPart {
    let part: any StepPart<Output>
    let stamps: CallStamps

    func with(_ options: CallOptions) -> StampedPart { StampedPart(part: part.with(options), stamps: stamps) }

    func canvasSignature() throws -> CanvasSignature {
        try stamps.stamp(part.canvasSignature())
    }

    func decodeResult(_ bytes: [UInt8]) throws -> Output { try part.decodeResult(bytes) }
}

extension CanvasSignature {
    /// Returns a copy with all of these stamps, applied in order.
    func stamped(_ stamps: [CallStamps]) throws -> CanvasSignature {
        try stamps.reduce(self) { try $1.stamp($0) }
    }
}
