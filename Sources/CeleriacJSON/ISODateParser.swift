/// Reads ISO 8601 text, in the forms that `dateutil.parser.isoparse` accepts, except week and ordinal dates.
///
/// ```
/// date   YYYY | YYYY-MM | YYYY-MM-DD | YYYYMMDD
/// time   HH | HH:MM | HHMM | HH:MM:SS[.f…] | HHMMSS[.f…]      behind a T or a blank
/// zone   Z | +HH | +HHMM | +HH:MM | +HH:MM:SS                 UTC if missing
/// ```
struct ISODateParser {
    let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// Microseconds since 1970 in UTC; `nil` unless the whole text is a date.
    mutating func date() -> Int? {
        guard let day = day() else { return nil }
        var microseconds = day.days * 86_400_000_000
        if position == text.count { return microseconds }
        guard pass(UInt8(ascii: "T")) || pass(UInt8(ascii: "t")) || pass(UInt8(ascii: " ")), let time = time() else {
            return nil
        }
        microseconds += time
        if position == text.count { return microseconds }
        guard let zone = zone(), position == text.count else { return nil }
        return microseconds - zone * 1_000_000
    }

    private mutating func day() -> Day? {
        guard let year = number(digits: 4) else { return nil }
        if pass(.minus) {
            guard let month = number(digits: 2) else { return nil }
            guard pass(.minus) else { return Day(year: year, month: month, day: 1) }
            return number(digits: 2).flatMap { Day(year: year, month: month, day: $0) }
        }
        guard position < text.count else { return Day(year: year, month: 1, day: 1) }
        guard let month = number(digits: 2), let day = number(digits: 2) else { return nil }
        return Day(year: year, month: month, day: day)
    }

    /// Microseconds since midnight.
    private mutating func time() -> Int? {
        guard let hour = number(digits: 2), hour <= 24 else { return nil }
        var (minute, second, fraction) = (0, 0, 0)
        let isSeparated = pass(.colon)
        if isSeparated || isAtDigit {
            guard let value = number(digits: 2), value < 60 else { return nil }
            minute = value
            if isSeparated ? pass(.colon) : isAtDigit {
                guard let value = number(digits: 2), value < 60 else { return nil }
                second = value
                if pass(.dot) || pass(.comma) {
                    guard let value = microseconds() else { return nil }
                    fraction = value
                }
            }
        }
        guard hour < 24 || minute + second + fraction == 0 else { return nil }
        return (hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    /// The digits of a fraction; digits after the sixth are dropped.
    private mutating func microseconds() -> Int? {
        guard isAtDigit else { return nil }
        var value = 0
        var weight = 100_000
        while position < text.count, let digit = text[position].digit {
            value += Int(digit) * weight
            weight /= 10
            position += 1
        }
        return value
    }

    /// Seconds east of UTC.
    private mutating func zone() -> Int? {
        if pass(UInt8(ascii: "Z")) || pass(UInt8(ascii: "z")) { return 0 }
        let isWest = pass(.minus)
        guard isWest || pass(.plus), let hours = number(digits: 2), hours < 24 else { return nil }
        var seconds = hours * 3600
        if pass(.colon) || isAtDigit {
            guard let minutes = number(digits: 2), minutes < 60 else { return nil }
            seconds += minutes * 60
            if pass(.colon) {
                guard let value = number(digits: 2), value < 60 else { return nil }
                seconds += value
            }
        }
        return isWest ? -seconds : seconds
    }

    // MARK: Detail

    private var isAtDigit: Bool { position < text.count && text[position].digit != nil }

    private mutating func pass(_ byte: UInt8) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func number(digits: Int) -> Int? {
        guard position + digits <= text.count else { return nil }
        var value = 0
        for byte in text[position..<position + digits] {
            guard let digit = byte.digit else { return nil }
            value = value * 10 + Int(digit)
        }
        position += digits
        return value
    }
}
