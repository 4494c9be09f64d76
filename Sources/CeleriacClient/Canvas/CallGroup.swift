import CeleriacCanvas

/// Calls that run side by side and have one type of output. Made by `group(_:)`.
///
/// ```swift
/// let squares = try await group((1...100).map { $square($0) }).delay()          // GroupResult<Int>
/// try await squares.get()                                                       // [Int], in the order of the calls
/// ```
///
/// All members are sent in one go: all of them or none, unless the broker takes calls one by one.
public struct CallGroup<Output: Sendable>: Linkable, Sendable {
    let members: [any CanvasPart<Output>]
    /// The errbacks of the group; a group has no callbacks of its own.
    public var links = CallLinks()
    var dress = GroupDress()

    init(_ members: [any CanvasPart<Output>]) { self.members = members }

    /// The members, each with the group's errbacks.
    var headerParts: [any CanvasPart] {
        links.isEmpty ? members.map { $0 as any CanvasPart } : members.map { LinkedPart(part: $0, links: links) }
    }

    /// Returns the same group without types.
    ///
    /// - Throws: as ``CanvasPart/canvasSignature()``.
    public func canvasSignature() throws -> CanvasSignature {
        let signatures = try members.map { try $0.canvasSignature() }
        let group = try CanvasSignature.group(signatures).linked(to: links)
        return try dress.put(on: group)
    }

    /// Sends the group through the current app.
    ///
    /// - Throws: as for `TaskApp.send(_:)`; `CeleriacError` with code `noApp`.
    @discardableResult
    public func delay() async throws -> GroupResult<Output> { try await TaskApp.current.send(self) }
}

/// Composes calls, or chains, that run side by side.
public func group<Output, Part: CanvasPart<Output>>(_ members: [Part]) -> CallGroup<Output> {
    CallGroup(members.map { $0 as any CanvasPart<Output> })
}

/// Composes a few calls or chains, possibly of different kinds, that run side by side.
public func group<Output>(_ members: any CanvasPart<Output>...) -> CallGroup<Output> { CallGroup(members) }
