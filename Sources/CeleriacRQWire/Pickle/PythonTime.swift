/// A time of day as in Python's `datetime.time`, to the microsecond.
package struct PythonTime: Sendable, Hashable {
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let microsecond: Int
    /// Whether it is the second of two equal readings, when a clock was put back.
    package let isFold: Bool
    /// East of UTC; `nil` if the time has no zone.
    package internal(set) var offset: PythonDelta?

    /// - Returns: `nil` if no clock shows that time, or if the offset is a day or more.
    package init?(
        hour: Int, minute: Int, second: Int = 0, microsecond: Int = 0, isFold: Bool = false, offset: PythonDelta? = nil
    ) {
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second),
            (0..<1_000_000).contains(microsecond), offset?.isOffset != false
        else { return nil }
        (self.hour, self.minute, self.second, self.microsecond) = (hour, minute, second, microsecond)
        (self.isFold, self.offset) = (isFold, offset)
    }

    /// Reads the form of `time.isoformat()`: `03:04:05.678901+02:00`; also accepts `Z` for UTC.
    package init?(iso text: some StringProtocol) {
        let zoneStart = text.firstIndex { "+-Z".contains($0) } ?? text.endIndex
        let clock = text[..<zoneStart].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(clock.count) else { return nil }
        let parts = clock[0].split(separator: ":", omittingEmptySubsequences: false).map { Self.number($0) ?? -1 }
        guard (2...3).contains(parts.count) else { return nil }
        let fraction = clock.count == 1 ? "0" : clock[1]
        guard (1...6).contains(fraction.utf8.count), let digits = Self.number(fraction) else { return nil }
        let scale = [100_000, 10_000, 1000, 100, 10, 1][fraction.utf8.count - 1]
        let zone = text[zoneStart...]
        let offset = zone == "Z" ? PythonDelta.zero : PythonDelta(isoOffset: zone)
        guard zone.isEmpty || offset != nil else { return nil }
        self.init(
            hour: parts[0], minute: parts[1], second: parts.count == 3 ? parts[2] : 0, microsecond: digits * scale,
            offset: offset)
    }

    /// The form of `time.isoformat()`, without a fraction of zero.
    package var iso: String {
        let clock = [hour, minute, second].map { Self.padded($0, 2) }.joined(separator: ":")
        let fraction = microsecond == 0 ? "" : "." + Self.padded(microsecond, 6)
        return clock + fraction + (offset?.isoOffset ?? "")
    }

    // MARK: In a pickle

    /// Reads six bytes: hour, minute, second, and the microsecond in three, the highest first. The hour's high bit is
    /// the fold.
    init?(pickled bytes: ArraySlice<UInt8>) {
        guard bytes.count == 6 else { return nil }
        let numbers = bytes.map(Int.init)
        self.init(
            hour: numbers[0] & 0x7F, minute: numbers[1], second: numbers[2],
            microsecond: numbers[3] << 16 | numbers[4] << 8 | numbers[5], isFold: numbers[0] & 0x80 != 0)
    }

    /// The six bytes without the offset, which is an object of its own.
    var pickled: [UInt8] {
        let fraction = [microsecond >> 16, microsecond >> 8 & 0xFF, microsecond & 0xFF]
        return ([hour | (isFold ? 0x80 : 0), minute, second] + fraction).map { UInt8($0) }
    }

    // MARK: Digits

    static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}
