#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Points in time as Python writes and reads them: `2030-01-02T03:04:05.678901+00:00`.
///
/// Written like `datetime.isoformat()` in UTC; read like `dateutil.parser.isoparse`, which is what Celery's workers do.
public enum ISODate {
    /// The date's text, with microseconds; the fraction is omitted if it is zero.
    ///
    /// Python's years range from 1 to 9999: other dates are clamped to this range.
    public static func text(_ date: Date) -> String {
        var bytes: [UInt8] = []
        append(date, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads an ISO 8601 date with or without a time; without an offset it is in UTC.
    ///
    /// - Returns: `nil` if the text is not a date.
    public static func parse(_ text: String) -> Date? {
        var text = text
        return text.withUTF8 { parse($0) }
    }

    static func append(_ date: Date, to bytes: inout [UInt8]) {
        let microseconds = microseconds(since1970: date)
        let (seconds, fraction) = floored(microseconds, by: 1_000_000)
        let (days, time) = floored(seconds, by: 86_400)
        let day = Day(days: days)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { text in
            var end = 0
            func put(_ value: Int, width: Int) {
                var rest = value
                for place in stride(from: end + width - 1, through: end, by: -1) {
                    text[place] = .zero + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                end += width
            }
            func put(_ byte: UInt8) {
                text[end] = byte
                end += 1
            }
            put(day.year, width: 4)
            put(.minus)
            put(day.month, width: 2)
            put(.minus)
            put(day.day, width: 2)
            put(UInt8(ascii: "T"))
            put(time / 3600, width: 2)
            put(.colon)
            put(time / 60 % 60, width: 2)
            put(.colon)
            put(time % 60, width: 2)
            if fraction > 0 {
                put(.dot)
                put(fraction, width: 6)
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<end]))
        }
        bytes.append(contentsOf: "+00:00".utf8)
    }

    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Date? {
        var parser = ISODateParser(text: text)
        return parser.date().map { Date(timeIntervalSinceReferenceDate: Double($0 - epoch) / 1e6) }
    }

    // MARK: Detail

    /// The microseconds from 1970 to 2001, where `Date` begins to count.
    package static let epoch = 978_307_200_000_000
    /// The years 1 to 9999, in microseconds since 1970.
    private static let range = -62_135_596_800_000_000...253_402_300_799_999_999

    /// Rounded to microseconds; clamped to Python's years.
    package static func microseconds(since1970 date: Date) -> Int {
        let count = (date.timeIntervalSinceReferenceDate * 1e6).rounded()
        guard count > -1e18, count < 1e18 else { return count > 0 ? range.upperBound : range.lowerBound }
        return min(max(Int(count) + epoch, range.lowerBound), range.upperBound)
    }

    private static func floored(_ value: Int, by divisor: Int) -> (Int, Int) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}
