package import CeleriacCore

/// Where the ids of new calls and groups come from.
package struct CanvasIDs: Sendable {
    private enum Source: Sendable {
        case random
        case derived(prefix: String)
    }

    private let source: Source
    private var count = 0

    /// For calls that are made for the first time: see ``TaskID/random()``.
    package static var random: CanvasIDs { CanvasIDs(source: .random) }

    /// For what follows from the end of a call: the same ids each time it ends.
    ///
    /// A worker that crashes after it has published a call's callbacks but before it has settled the call makes another worker
    /// run it again; with derived ids that one publishes the same calls, which are then told to be duplicates.
    /// The ids are UUIDs of version 5 (RFC 9562, 5.5) of a namespace of ours over
    /// `<id of the ended call>/<purpose>/<n>`, where n counts the ids taken, from 0. The attempt is no part of it.
    ///
    /// - Parameters:
    ///   - id: that ended; of a chord, the group's.
    ///   - purpose: what they are for, so that those of success and failure differ.
    package static func derived(from id: TaskID, for purpose: String) -> CanvasIDs {
        CanvasIDs(source: .derived(prefix: "\(id.rawValue)/\(purpose)/"))
    }

    private init(source: Source) { self.source = source }

    /// Made once at random: 5b0f6c1e-6f0a-4d0e-9a6e-3c1d6f2b8a47.
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
