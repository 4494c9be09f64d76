import NIOCore

/// Reads scalar values at absolute indices of the buffer.
extension RESPParser {
    func byte(at index: Int) -> UInt8 { buffer.getInteger(at: index) ?? 0 }

    func bytes(_ range: Range<Int>) -> [UInt8] { buffer.getBytes(at: range.lowerBound, length: range.count) ?? [] }

    func text(_ range: Range<Int>) -> String { buffer.getString(at: range.lowerBound, length: range.count) ?? "" }

    func integer(_ range: Range<Int>, of type: UInt8) throws(RESPViolation) -> Int64 {
        let first = range.first.map(byte)
        let isNegative = first == UInt8(ascii: "-")
        let digits = isNegative || first == UInt8(ascii: "+") ? range.dropFirst() : range
        guard !digits.isEmpty, digits.count < 20 else { throw .malformedValue(type: type) }
        var value: Int64 = 0
        for index in digits {
            let digit = Int64(byte(at: index)) - 48
            guard (0...9).contains(digit) else { throw .malformedValue(type: type) }
            let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, isBeyond) = tens.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflows, !isBeyond else { throw .malformedValue(type: type) }
            value = sum
        }
        return value
    }

    func boolean(_ range: Range<Int>) throws(RESPViolation) -> Bool {
        switch text(range) {
        case "t": true
        case "f": false
        default: throw .malformedValue(type: UInt8(ascii: "#"))
        }
    }

    func double(_ range: Range<Int>) throws(RESPViolation) -> Double {
        guard range.count <= 512, let value = Double(text(range)) else {
            throw .malformedValue(type: UInt8(ascii: ","))
        }
        return value
    }

    func bigNumber(_ range: Range<Int>) throws(RESPViolation) -> String {
        let text = text(range)
        let digits =
            text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw .malformedValue(type: UInt8(ascii: "("))
        }
        return text
    }
}
