import RESPClient

/// Where a page of ready messages ended, as the script `look` finds it again.
///
/// `place` is the place of the list among the steps of priority, from 1. Places within a list change with each claim and
/// each publication; so the marks of the last eight messages listed, and of the four newest of the list, tell where the
/// next page begins. See `Scripts/Fragments/finding.lua`.
struct ReadyEnd {
    let place: Int
    /// How many messages lay on either side of the last one listed; `nil` if none of this list was listed.
    let around: (behind: Int, ahead: Int)?
    let shown: String
    let newest: String

    static let start = ReadyEnd(place: 1)

    private init(
        place: Int, around: (behind: Int, ahead: Int)? = nil, shown: String = "", newest: String = ""
    ) {
        (self.place, self.around, self.shown, self.newest) = (place, around, shown, newest)
    }

    init?(_ key: [String]) {
        guard key.count == 5, let place = Int(key[0]), Self.counts.contains(place) else { return nil }
        guard !key[1].isEmpty else {
            self.init(place: place)
            return
        }
        guard let behind = Int(key[1]), let ahead = Int(key[2]), Self.counts.contains(behind),
            Self.counts.contains(ahead)
        else { return nil }
        self.init(place: place, around: (behind, ahead), shown: key[3], newest: key[4])
    }

    var key: [String] {
        ["\(place)", around.map { "\($0.behind)" } ?? "", around.map { "\($0.ahead)" } ?? "", shown, newest]
    }

    var words: RESPWords { RESPWords(key) }

    private static let counts = 0...(1 << 40)
}

/// Where a page of delayed messages ended: the due time of the last one, as the server writes it, and the beginning of
/// its member in hexadecimal digits.
struct DelayedEnd {
    let due: String
    let beginning: String

    init?(_ key: [String]) {
        guard key.count == 2, let due = Double(key[0]), !due.isNaN, key[1].allSatisfy(\.isHexDigit) else { return nil }
        (self.due, beginning) = (key[0], key[1])
    }

    var key: [String] { [due, beginning] }
}

/// The position of a held message: the score of its claim, which no renewal of ours changes, and its tag.
struct ClaimKey: Comparable {
    let claim: Double
    let tag: String

    init(claim: Double, tag: String) { (self.claim, self.tag) = (claim, tag) }

    init?(_ key: [String]) {
        guard key.count == 2, let claim = Double(key[0]), !claim.isNaN else { return nil }
        self.init(claim: claim, tag: key[1])
    }

    var key: [String] { ["\(claim)", tag] }

    func isBehind(_ other: ClaimKey) -> Bool { other < self }

    static func < (left: ClaimKey, right: ClaimKey) -> Bool {
        if left.claim != right.claim { return left.claim < right.claim }
        return left.tag.utf8.lexicographicallyPrecedes(right.tag.utf8)
    }
}
