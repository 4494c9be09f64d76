#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import AMQPClient
import CeleriacCore
import CeleriacWire

/// Values that field tables have and JSON has not: bytes, points in time, decimals. Kombu's JSON tags them
/// (`kombu/utils/json.py`), and so do the headers of an envelope.
extension AMQPValue {
    /// The value that a tagged object stands for, if the type of the field holds it exactly; otherwise the table.
    init(untagging table: AMQPTable) {
        self = .table(table)
        guard table.count == 2, let type = table["__type__"]?.string, let text = table["__value__"]?.string else {
            return
        }
        switch type {
        case "bytes": self = .bytes(Array(text.utf8))
        case "base64": if let bytes = Base64.decode(Array(text.utf8)[...]) { self = .bytes(bytes) }
        case "datetime": if let seconds = Self.seconds(of: text) { self = .timestamp(seconds) }
        case "decimal": if let decimal = Self.decimal(text) { self = decimal }
        default: break
        }
    }

    /// - Returns: `nil` if writing the timestamp would give another text, because it has a fraction or another offset.
    private static func seconds(of text: String) -> UInt64? {
        guard let seconds = ISODate.parse(text)?.timeIntervalSince1970, seconds >= 0 else { return nil }
        let date = Date(timeIntervalSince1970: seconds.rounded())
        return ISODate.text(date) == text ? UInt64(date.timeIntervalSince1970) : nil
    }

    private static func decimal(_ text: String) -> AMQPValue? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1].count : 0
        guard parts.count <= 2, let scale = UInt8(exactly: fraction),
            let value = Int32(String(decoding: parts.joined(), as: UTF8.self)),
            decimalText(value, scale: scale) == text
        else { return nil }
        return .decimal(scale: scale, value: value)
    }

    /// The digits of a decimal, with as many after the point as its scale says.
    static func decimalText(_ value: Int32, scale: UInt8) -> String {
        var digits = String(value.magnitude)
        let scale = Int(scale)
        if digits.utf8.count <= scale {
            digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
        }
        if scale > 0 { digits.insert(".", at: digits.utf8.index(digits.endIndex, offsetBy: -scale)) }
        return value < 0 ? "-" + digits : digits
    }
}
