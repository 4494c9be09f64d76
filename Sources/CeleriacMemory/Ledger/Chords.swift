#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// The chords that are open, due or launched, for as long as each is to be remembered.
struct Chords {
    struct Chord {
        /// `nil` until it is opened.
        var size: Int?
        var extensions: [TaskID: Int] = [:]
        var parts: [ClaimedChord.Part] = []
        /// Of each part its id and place, so that it counts once.
        var keys: Set<PartKey> = []
        var body: [UInt8] = []
        var rootID: TaskID?
        var header: CanvasResult?
        /// Wall clock, seconds since the reference date; infinite = for ever.
        var expires = Double.infinity
        var claim: (token: String, until: Double)?
        var isLaunched = false

        /// `nil` until it is opened.
        var expected: Int? { size.map { $0 + extensions.values.reduce(0, +) } }
        var isDue: Bool { !isLaunched && expected.map { parts.count >= $0 } ?? false }
    }

    struct PartKey: Hashable {
        let id: TaskID
        let index: Int?
    }

    private var chords: [String: Chord] = [:]
    /// Those that are due, the longest first.
    private var due: [String] = []
    private var lastClaim: Int64 = 0
    /// When there are more than so many, those whose time is over are dropped, so that memory is bounded where nobody runs the
    /// store.
    private var mostUnswept = 1_000

    mutating func take(_ step: ChordStep, _ now: Moment) {
        dropExpiredIfMany(now)
        switch step {
        case .open(let opening): open(opening, now)
        case .extend(let group, let count, let caller):
            change(group, now) { $0.extensions[caller] = $0.extensions[caller] ?? count }
        case .part(let report): add(report, now)
        }
    }

    mutating func claim(upTo limit: Int, lease: Duration, _ now: Moment) -> [ClaimedChord] {
        var claimed: [ClaimedChord] = []
        for group in due where claimed.count < limit {
            guard var chord = present(group, now), let last = chord.parts.last else { continue }
            if let claim = chord.claim, claim.until > now.up { continue }
            lastClaim += 1
            let claim = "\(lastClaim)"
            chord.claim = (claim, now.up + lease.seconds)
            chords[group] = chord
            claimed.append(
                ClaimedChord(
                    groupID: group, claim: claim, size: chord.expected ?? chord.parts.count, body: chord.body,
                    rootID: chord.rootID, lastID: last.id, header: chord.header, parts: chord.parts))
        }
        return claimed
    }

    /// Marks a chord launched, and drops what is no longer needed of it.
    ///
    /// - Returns: whether the claim held.
    mutating func finish(_ group: String, claim: String, _ now: Moment) -> Bool {
        guard var chord = present(group, now), !chord.isLaunched, chord.claim?.token == claim else { return false }
        chord.isLaunched = true
        chord.claim = nil
        chord.size = chord.parts.count
        (chord.extensions, chord.parts, chord.keys) = ([:], [], [])
        (chord.body, chord.header) = ([], nil)
        chords[group] = chord
        due.removeAll { $0 == group }
        return true
    }

    func progress(of group: String, _ now: Moment) -> ChordProgress? {
        guard let chord = present(group, now) else { return nil }
        let arrived = chord.isLaunched ? chord.size ?? 0 : chord.parts.count
        return ChordProgress(size: chord.expected, arrived: arrived, isLaunched: chord.isLaunched)
    }

    mutating func dropExpired(_ now: Moment) {
        guard !chords.isEmpty else { return }
        chords = chords.filter { $0.value.expires > now.wall }
        due.removeAll { chords[$0] == nil }
    }

    // MARK: Detail

    private func present(_ group: String, _ now: Moment) -> Chord? {
        chords[group].flatMap { $0.expires > now.wall ? $0 : nil }
    }

    private mutating func open(_ opening: ChordOpening, _ now: Moment) {
        change(opening.groupID, now) { chord in
            guard chord.size == nil else { return }
            chord.size = opening.size
            chord.header = opening.header
            chord.body = opening.body
            chord.rootID = opening.rootID
            chord.expires = opening.expires?.timeIntervalSinceReferenceDate ?? .infinity
        }
    }

    private mutating func add(_ report: ChordReport, _ now: Moment) {
        change(report.groupID, now) { chord in
            guard chord.keys.insert(PartKey(id: report.id, index: report.index)).inserted else { return }
            chord.parts.append(ClaimedChord.Part(index: report.index, id: report.id, result: report.result))
            if chord.body.isEmpty { (chord.body, chord.rootID) = (report.body, report.rootID) }
            chord.expires = report.expires?.timeIntervalSinceReferenceDate ?? .infinity
        }
    }

    /// Of a launched chord nothing is changed.
    private mutating func change(_ group: String, _ now: Moment, _ body: (inout Chord) -> Void) {
        if let chord = chords[group], chord.expires <= now.wall {
            chords[group] = nil
            due.removeAll { $0 == group }
        }
        if chords[group]?.isLaunched == true { return }
        let wasDue = chords[group]?.isDue ?? false
        body(&chords[group, default: Chord()])
        if !wasDue, chords[group]?.isDue == true { due.append(group) }
    }

    private mutating func dropExpiredIfMany(_ now: Moment) {
        guard chords.count > mostUnswept else { return }
        dropExpired(now)
        mostUnswept = max(1_000, 2 * chords.count)
    }
}
