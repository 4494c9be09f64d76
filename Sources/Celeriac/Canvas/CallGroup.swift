import CeleriacCanvas

/// Calls side by side, of one type of output. Made by `group(_:)`.
///
/// ```swift
/// let squares = try await group((1...100).map { $square($0) }).delay()          // GroupResult<Int>
/// try await squares.get()                                                       // [Int], in the order of the calls
/// ```
///
/// All members are sent in one go: all of them or none.
public struct CallGroup<Output: Sendable>: Linkable, Sendable {
    let members: [any CanvasPart<Output>]
    /// Its errbacks; a group has no callbacks of its own.
    public var links = CallLinks()
    var dress = GroupDress()

    init(_ members: [any CanvasPart<Output>]) { self.members = members }

    /// Its members with the group's errbacks.
    var headerParts: [any CanvasPart] {
        links.isEmpty ? members.map { $0 as any CanvasPart } : members.map { LinkedPart(part: $0, links: links) }
    }

    /// The same without types.
    ///
    /// - Throws: as ``CanvasPart/canvasSignature()``.
    public func canvasSignature() throws -> CanvasSignature {
        let signatures = try members.map { try $0.canvasSignature() }
        let group = try CanvasSignature.group(signatures).linked(to: links)
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
