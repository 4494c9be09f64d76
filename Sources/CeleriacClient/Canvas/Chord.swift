import CeleriacCanvas

/// Calls that run side by side, and a body that takes the list of their outputs. Made by ``chord(_:then:)`` or
/// ``CallGroup/then(_:)``.
///
/// ```swift
/// let sum = try await chord((1...100).map { $square($0) }, then: $sum.then()).delay()      // AsyncResult<Int>
/// ```
///
/// The body is launched exactly once, when every call of the header has succeeded, whichever workers ran the calls and
/// however often one was redelivered. It receives the outputs in the order of the header. If a call of the header fails
/// permanently, the body fails with Celery's `ChordError` once all calls have ended, and never runs.
public struct Chord<Output: Sendable>: StepPart, Linkable {
    private var header: [any CanvasPart]
    private let body: any CanvasPart<Output>
    /// The callbacks of the body, and the errbacks of the chord.
    public var links = CallLinks()
    private var stamps: [CallStamps] = []
    /// The skew and the stamps of the group that became the header.
    private let headerDress: GroupDress

    init(_ header: [any CanvasPart], body: any CanvasPart<Output>, headerDress: GroupDress = GroupDress()) {
        self.header = header
        self.body = body
        self.headerDress = headerDress
    }

    /// Returns a chain of this chord and one more step.
    public func then<Next>(_ next: Step<Output, Next>) -> Chain<Next> { Chain<Output>(self).then(next) }

    /// Returns a copy with other options for each call of the header.
    func with(_ options: CallOptions) -> Chord {
        var changed = self
        changed.header = header.map { $0.optioned(options) }
        return changed
    }

    public func canvasSignature() throws -> CanvasSignature {
        let members = try headerDress.put(on: header.signatures())
        let chord = CanvasSignature.chord(members, body: try body.canvasSignature())
        return try chord.linked(to: links).stamped(stamps)
    }

    public func decodeResult(_ bytes: [UInt8]) throws -> Output { try body.decodeResult(bytes) }

    /// Sends the chord through the current app.
    ///
    /// - Returns: the handle of the body.
    /// - Throws: as for `TaskApp.send(_:)`; `CeleriacError` with code `noApp`.
    @discardableResult
    public func delay() async throws -> AsyncResult<Output> { try await TaskApp.current.send(self) }
}

/// Composes calls or chains that have one type of output with a step that takes the list of their outputs.
///
/// If the header is empty, the body runs at once with an empty list.
public func chord<Item, Output, Part: CanvasPart<Item>>(
    _ header: [Part], then body: Step<[Item], Output>
) -> Chord<Output> {
    Chord(header.map { $0 as any CanvasPart }, body: body.part)
}

extension CallGroup {
    /// Returns a chord of this group and a step that takes the list of its outputs.
    public func then<Next>(_ next: Step<[Output], Next>) -> Chord<Next> {
        Chord(headerParts, body: next.part, headerDress: dress)
    }
}

extension Chord: Stampable {
    /// Returns a copy with these stamps on the header and the body.
    public func stamped(_ stamps: CallStamps) -> Chord {
        var stamped = self
        stamped.stamps.append(stamps)
        return stamped
    }
}
