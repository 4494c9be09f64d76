import CeleriacCore
import Foundation
import Synchronization
import StoreKit

/// Notifies other processes at once of a commit: a small file next to the database, which each store writes to after a
/// commit and watches while somebody waits.
///
/// ```
/// byte 0     256 counters of 8 bytes: a message became ready or delayed
/// byte 2048  the same: a record changed
/// byte 4096  the same: a call was revoked
/// ```
///
/// Each store counts in a slot of its own, chosen at random. The bell is only a hint. If a ring is not heard, or if two
/// stores use one slot at one instant, waiters learn of the commit at the next poll, within a second.
final class Bell: Sendable {
    private static let slots = 256
    private static let size = WakeUps.Kind.allCases.count * slots

    private let file: FileDescriptor
    private let slot = Int.random(in: 0..<Bell.slots)
    /// The counters as this store last read or wrote them.
    private let seen: Guarded<[UInt64]>

    init(_ file: FileDescriptor) {
        self.file = file
        ftruncate(file.number, off_t(Self.size * 8))
        seen = Guarded(Self.counters(in: file))
    }

    /// Rings for the events of a commit that other processes may wait for.
    func ring(for wakes: Wakes) {
        var kinds: [WakeUps.Kind] = []
        if !wakes.queues.isEmpty { kinds.append(.message) }
        if !wakes.calls.isEmpty { kinds.append(.record) }
        if wakes.hasRevocations { kinds.append(.revocation) }
        guard !kinds.isEmpty else { return }
        // Under the lock, so that this store does not mistake its own ring for another's.
        seen.withLock { seen in
            for kind in kinds { ring(kind, &seen) }
        }
    }

    private func ring(_ kind: WakeUps.Kind, _ seen: inout [UInt64]) {
        let place = kind.rawValue * Self.slots + slot
        seen[place] &+= 1
        withUnsafeBytes(of: seen[place]) { _ = pwrite(file.number, $0.baseAddress, 8, off_t(place * 8)) }
    }

    /// Returns the kinds of events that others have rung for since the last call.
    func heard() -> Set<WakeUps.Kind> {
        seen.withLock { seen in
            let counters = Self.counters(in: file)
            defer { seen = counters }
            guard counters != seen else { return [] }
            return Set(
                WakeUps.Kind.allCases.filter { kind in
                    let places = kind.rawValue * Self.slots..<(kind.rawValue + 1) * Self.slots
                    return counters[places] != seen[places]
                })
        }
    }

    private static func counters(in file: FileDescriptor) -> [UInt64] {
        var counters = [UInt64](repeating: 0, count: size)
        counters.withUnsafeMutableBytes { _ = pread(file.number, $0.baseAddress, $0.count, 0) }
        return counters
    }
}
