import CeleriacCanvas

/// Calls side by side, of one type of output. Made by `group(_:)`.
///
/// ```swift
/// let squares = try await group((1...100).map { $square($0) }).delay()          // GroupResult<Int>
/// try await squares.get()                                                       // [Int], in the order of the calls
/// ```
///
/// All members are sent in one go: all of them or none.
public struct CallGroup<Output: Sendable>: Sendable {
    let members: [any CanvasPart<Output>]
    private var errbacks = CallLinks()
    var dress = GroupDress()

    init(_ members: [any CanvasPart<Output>]) { self.members = members }

    /// The same group with an errback, which is sent for each member that fails for good, and gets that one's id.
    public func linkError<Next>(_ errback: Step<String, Next>) -> CallGroup {
        var linked = self
        linked.errbacks.errbacks.append(errback.part)
        return linked
    }

    /// Its members with the group's errbacks.
    var headerParts: [any CanvasPart] {
        errbacks.isEmpty ? members.map { $0 as any CanvasPart } : members.map { LinkedPart(part: $0, links: errbacks) }
    }

    /// The same without types.
    ///
    /// - Throws: as ``CanvasPart/canvasSignature(priorities:)``.
    public func canvasSignature(priorities: CanvasSurroundings.Priorities) throws -> CanvasSignature {
        let signatures = try members.map { try $0.canvasSignature(priorities: priorities) }
        let group = try CanvasSignature.group(signatures).linked(to: errbacks, priorities)
        return try dress.put(on: group)
    }

    /// Sends the group through the current app.
    ///
    /// - Throws: as `TaskApp.send(_:)`; `CeleriacError` with code `noApp`.
    @discardableResult
    public func delay() async throws -> GroupResult<Output> { try await TaskApp.current.send(self) }
}

/// Composes calls, or chains, that run side by side.
public func group<Output, Part: CanvasPart<Output>>(_ members: [Part]) -> CallGroup<Output> {
    CallGroup(members.map { $0 as any CanvasPart<Output> })
}

/// The same of calls and chains that are few, and may be of several kinds.
public func group<Output>(_ members: any CanvasPart<Output>...) -> CallGroup<Output> { CallGroup(members) }
