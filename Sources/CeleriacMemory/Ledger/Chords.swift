#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore
import StoreKit

/// The chords that are open, due or launched, each until it is forgotten.
struct Chords {
    struct Chord {
        var book = ChordBook()
        /// The calls that have asked for more parts.
        var callers: Set<TaskID> = []
        var parts: [ClaimedChord.Part] = []
        /// The id and place of each part, so that each counts once.
        var keys: Set<PartKey> = []
        var body: [UInt8] = []
        var rootID: TaskID?
        var header: CanvasResult?
        var claim: (token: String, until: Double)?
    }

    struct PartKey: Hashable {
        let id: TaskID
        let index: Int?
    }

    private var chords: [String: Chord] = [:]
    /// The groups of the due chords, those that have been due longest first.
    private var due: [String] = []
    private var lastDue: Int64 = 0
    private var lastClaim: Int64 = 0
    /// Above this number of chords, the expired ones are dropped, so that memory is bounded even if nobody runs the
    /// store.
    private var mostUnswept = 1_000

    mutating func take(_ step: ChordStep, _ now: Moment) {
        dropExpiredIfMany(now)
        let group = step.groupID
        if let chord = chords[group], chord.book.isForgotten(at: now.wall) { drop(group) }
        let wasDue = chords[group]?.book.due != nil
        chords[group, default: Chord()].take(step, ifDue: lastDue + 1)
        let number = chords[group]?.book.due
        if let number, !wasDue {
            lastDue = number
            due.append(group)
        } else if number == nil, wasDue {
            due.removeAll { $0 == group }
        }
    }

    mutating func claim(upTo limit: Int, lease: Duration, _ now: Moment) -> [ClaimedChord] {
        var claimed: [ClaimedChord] = []
        for group in due where claimed.count < limit {
            guard var chord = present(group, now), let last = chord.book.lastID else { continue }
            if let claim = chord.claim, claim.until > now.up { continue }
            lastClaim += 1
            let claim = "\(lastClaim)"
            chord.claim = (claim, now.up + lease.seconds)
            chords[group] = chord
            claimed.append(
                ClaimedChord(
                    groupID: group, claim: claim, size: chord.book.expected ?? chord.parts.count, body: chord.body,
                    rootID: chord.rootID, lastID: last, header: chord.header, parts: chord.parts))
        }
        return claimed
    }

    /// Marks a chord as launched, and drops the data that it no longer needs.
    ///
    /// - Returns: whether the claim held.
    mutating func finish(_ group: String, claim: String, _ now: Moment) -> Bool {
        guard var chord = present(group, now), chord.claim?.token == claim else { return false }
        chord.book.launch()
        chords[group] = Chord(book: chord.book)
        due.removeAll { $0 == group }
        return true
    }

    func progress(of group: String, _ now: Moment) -> ChordProgress? {
        present(group, now)?.book.progress
    }

    mutating func dropExpired(_ now: Moment) {
        guard !chords.isEmpty else { return }
        chords = chords.filter { !$0.value.book.isForgotten(at: now.wall) }
        due.removeAll { chords[$0] == nil }
    }

    // MARK: Detail

    private func present(_ group: String, _ now: Moment) -> Chord? {
        chords[group].flatMap { $0.book.isForgotten(at: now.wall) ? nil : $0 }
    }

    private mutating func drop(_ group: String) {
        chords[group] = nil
        due.removeAll { $0 == group }
    }

    private mutating func dropExpiredIfMany(_ now: Moment) {
        guard chords.count > mostUnswept else { return }
        dropExpired(now)
        mostUnswept = max(1_000, 2 * chords.count)
    }
}

extension Chords.Chord {
    /// - Parameter number: the chord's number, used if it becomes due.
    fileprivate mutating func take(_ step: ChordStep, ifDue number: Int64) {
        let count = ChordBook.Step(step)
        guard book.isOpen(to: count), keep(step) else { return }
        book.count(count) { number }
    }

    /// - Returns: whether it is new.
    private mutating func keep(_ step: ChordStep) -> Bool {
        switch step {
        case .open(let opening): (body, rootID, header) = (opening.body, opening.rootID, opening.header)
        case .extend(_, _, let caller): return callers.insert(caller).inserted
        case .part(let report):
            guard keys.insert(Chords.PartKey(id: report.id, index: report.index)).inserted else { return false }
            parts.append(ClaimedChord.Part(index: report.index, id: report.id, result: report.result))
        }
        return true
    }
}
