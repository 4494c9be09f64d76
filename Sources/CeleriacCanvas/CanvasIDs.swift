package import CeleriacCore

/// A source of ids for new calls and groups.
package struct CanvasIDs: Sendable {
    private enum Source: Sendable {
        case random
        case derived(prefix: String)
    }

    private let source: Source
    private var count = 0

    /// Ids for calls that are made for the first time: see ``TaskID/random()``.
    package static var random: CanvasIDs { CanvasIDs(source: .random) }

    /// Ids for the calls that follow from the end of a call: the same ids each time it ends.
    ///
    /// If a worker crashes after it has published a call's callbacks but before it has settled the call, another worker
    /// runs the call again. With derived ids it publishes the same calls, which are then recognised as duplicates.
    /// The ids are UUIDs of version 5 (RFC 9562, 5.5) in a namespace of Celeriac, for the name
    /// `<id of the ended call>/<purpose>/<n>`, where n counts the ids taken, from 0. The attempt is not part of
    /// the name.
    ///
    /// - Parameters:
    ///   - id: the id of the call that has ended; for a chord, the id of its group.
    ///   - purpose: what the ids are used for, so that those for success and failure differ.
    package static func derived(from id: TaskID, for purpose: String) -> CanvasIDs {
        CanvasIDs(source: .derived(prefix: "\(id.rawValue)/\(purpose)/"))
    }

    private init(source: Source) { self.source = source }

    /// Generated once at random: 5b0f6c1e-6f0a-4d0e-9a6e-3c1d6f2b8a47.
    private static let namespace: [UInt8] = [
        0x5B, 0x0F, 0x6C, 0x1E, 0x6F, 0x0A, 0x4D, 0x0E, 0x9A, 0x6E, 0x3C, 0x1D, 0x6F, 0x2B, 0x8A, 0x47,
    ]

    package mutating func next() -> TaskID {
        switch source {
        case .random: return .random()
        case .derived(let prefix):
            defer { count += 1 }
            return TaskID(UUID5.text(namespace: Self.namespace, name: "\(prefix)\(count)"))
        }
    }
}
