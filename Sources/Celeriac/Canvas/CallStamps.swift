import CeleriacCanvas

/// What is put on a call, or on every call of a canvas, to find them together later: Celery's custom stamping.
///
/// ```swift
/// try await chain($fetch(page), $count.then()).stamped(["tenant": "acme"]).delay()
/// try await app.control().revokeByStampedHeaders(["tenant": ["acme"]])
/// ```
///
/// A task reads its own in ``TaskContext/stamps``. What it sends, and what follows it, is stamped with them too.
public struct CallStamps: Sendable {
    /// Further stamps for what stands at a place of a canvas, given those that it gets already.
    ///
    /// What is said of a chain, a group or a chord goes for all within. Source: `celery/canvas.py`, `StampingVisitor`.
    public typealias Visitor =
        @Sendable (CanvasStamping.Place, CanvasSignature, JSONObject) throws -> JSONObject

    private let stamps: JSONObject
    private let stamping: CanvasStamping
    private let visitor: Visitor?

    /// - Parameters:
    ///   - stamps: by name; a value is a JSON value or an array of several.
    ///   - appending: whether a stamp that is there already becomes a list of both values; else the new one takes its place.
    ///   - visitor: asked at each place for more.
    public init(_ stamps: JSONObject = [:], appending: Bool = false, visitor: Visitor? = nil) {
        self.stamps = stamps
        stamping = CanvasStamping(appends: appending)
        self.visitor = visitor
    }

    /// - Throws: `CeleriacError` with code `invalidArguments` for a stamp that bears an option's name; what the visitor throws.
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

    /// In a signature, stamps lie among the options: one of an option's name would change where or when the call runs.
    private static func check(_ stamps: JSONObject) throws {
        let names = stamps["stamped_headers"]?.arrayValue?.compactMap(\.keyValue) ?? Array(stamps.keys)
        guard let taken = names.map(\.text).sorted().first(where: CanvasOptions.names.contains) else { return }
        throw CeleriacError(
            .invalidArguments,
            "a stamp cannot be named \"\(taken)\", which is an option of every call: choose another name")
    }
}

/// What can be stamped before it is sent: a ``Signature``, a ``Step``, a ``Chain``, a ``CallGroup``, a ``Chord``, a ``Workflow``.
public protocol Stampable {
    /// The same with these stamps as well, on all that it holds when it is sent: its callbacks and errbacks too.
    func stamped(_ stamps: CallStamps) -> Self
}

extension Stampable {
    /// The same with stamps, on all that it holds.
    ///
    /// - Parameters:
    ///   - stamps: by name, for example `["tenant": "acme"]`.
    ///   - appending: whether a stamp that is there already becomes a list of both values; else the new one takes its place.
    public func stamped(_ stamps: JSONObject, appending: Bool = false) -> Self {
        stamped(CallStamps(stamps, appending: appending))
    }

    /// The same with the stamps that a visitor says at each place. What it throws, the sending throws.
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

/// A part of a canvas with stamps on all that it holds.
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
    /// With all of these, one after the other.
    func stamped(_ stamps: [CallStamps]) throws -> CanvasSignature {
        try stamps.reduce(self) { try $1.stamp($0) }
    }
}
