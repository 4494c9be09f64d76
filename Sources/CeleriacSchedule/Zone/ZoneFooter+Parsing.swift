import CeleriacJSON

extension ZoneFooter {
    /// - Parameter offset: the position of the text in its file, for errors.
    init(_ text: ArraySlice<UInt8>, at offset: Int = 0) throws(ZoneError) {
        var parser = ZoneFooterParser(text: text, offset: offset)
        self = try parser.footer()
    }
}

/// Reads the text of a ``ZoneFooter`` from left to right.
private struct ZoneFooterParser {
    private var rest: ArraySlice<UInt8>
    private let start: Int
    private let offset: Int

    init(text: ArraySlice<UInt8>, offset: Int) {
        (rest, start, self.offset) = (text, text.startIndex, offset)
    }

    mutating func footer() throws(ZoneError) -> ZoneFooter {
        try name()
        let standard = -(try time(through: 24))
        if rest.isEmpty { return ZoneFooter(standard: standard, saving: nil) }
        try name()
        // If its offset is omitted, summer time is one hour ahead.
        let summer = rest.first == .comma ? standard + 3600 : -(try time(through: 24))
        let (start, end) = (try change(), try change())
        guard rest.isEmpty else { throw error("there is text after the footer's end") }
        return ZoneFooter(standard: standard, saving: .init(offset: summer, start: start, end: end))
    }

    /// Parses an abbreviation: at least three letters, or signs, digits and letters between angle brackets.
    private mutating func name() throws(ZoneError) {
        let isQuoted = try skip(UInt8(ascii: "<"))
        let name = rest.prefix { $0.isLetter || isQuoted && ($0.digit != nil || $0 == .plus || $0 == .minus) }
        guard name.count >= 3 else { throw error("a footer's abbreviation is too short") }
        rest = rest.dropFirst(name.count)
        if isQuoted { try expect(UInt8(ascii: ">")) }
    }

    private mutating func change() throws(ZoneError) -> ZoneFooter.Change {
        try expect(.comma)
        let day = try day()
        return .init(day: day, time: try skip(UInt8(ascii: "/")) ? try time(through: 167) : 2 * 3600)
    }

    private mutating func day() throws(ZoneError) -> ZoneFooter.Day {
        if try skip(UInt8(ascii: "J")) { return .julian(try number(in: 1...365)) }
        guard try skip(UInt8(ascii: "M")) else { return .zeroBased(try number(in: 0...365)) }
        let month = try number(in: 1...12)
        try expect(.dot)
        let week = try number(in: 1...5)
        try expect(.dot)
        return .weekday(month: month, week: week, day: try number(in: 0...6))
    }

    /// Parses `[+-]h[:m[:s]]`, in seconds.
    private mutating func time(through hours: Int) throws(ZoneError) -> Int {
        let isNegative = try skip(.minus)
        if !isNegative { _ = try skip(.plus) }
        var seconds = try number(in: 0...hours) * 3600
        if try skip(.colon) { seconds += try number(in: 0...59) * 60 }
        if try skip(.colon) { seconds += try number(in: 0...59) }
        return isNegative ? -seconds : seconds
    }

    private mutating func number(in range: ClosedRange<Int>) throws(ZoneError) -> Int {
        let digits = rest.prefix { $0.digit != nil }
        let value = digits.prefix(4).reduce(0) { $0 * 10 + Int($1.digit ?? 0) }
        guard (1...3).contains(digits.count), range.contains(value) else {
            throw error("a footer needs a number from \(range.lowerBound) to \(range.upperBound)")
        }
        rest = rest.dropFirst(digits.count)
        return value
    }

    private mutating func skip(_ byte: UInt8) throws(ZoneError) -> Bool {
        guard rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(ZoneError) {
        guard try skip(byte) else { throw error("the footer lacks its \"\(Character(UnicodeScalar(byte)))\"") }
    }

    private func error(_ reason: String) -> ZoneError {
        ZoneError(reason: reason, offset: offset + rest.startIndex - start)
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
