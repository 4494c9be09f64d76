import NIOCore

extension RESPParser {
    enum Token {
        case value(RESPValue)
        case push([RESPValue])
        /// An aggregate was opened or a blob announced; its contents follow.
        case opened
    }

    /// A blob whose length is known.
    struct PendingBlob {
        enum Kind { case bytes, verbatim, error }
        let kind: Kind
        let length: Int
    }

    /// Reads the next value or opening, once all its bytes have arrived.
    mutating func token() throws(RESPViolation) -> Token? {
        if let pendingBlob { return try finish(pendingBlob) }
        guard let line = try line() else { return nil }
        defer { buffer.moveReaderIndex(to: line.upperBound + 2) }
        let type = byte(at: line.lowerBound)
        let rest = line.dropFirst()
        switch type {
        case UInt8(ascii: "+"): return .value(.simple(text(rest)))
        case UInt8(ascii: "-"): return .value(.error(RESPServerError(text(rest))))
        case UInt8(ascii: ":"): return .value(.integer(try integer(rest, of: type)))
        case UInt8(ascii: "_") where rest.isEmpty: return .value(.null)
        case UInt8(ascii: "#"): return .value(.boolean(try boolean(rest)))
        case UInt8(ascii: ","): return .value(.double(try double(rest)))
        case UInt8(ascii: "("): return .value(.bigNumber(try bigNumber(rest)))
        case UInt8(ascii: "$"): return try announce(.bytes, rest, of: type)
        case UInt8(ascii: "="): return try announce(.verbatim, rest, of: type)
        case UInt8(ascii: "!"): return try announce(.error, rest, of: type)
        case UInt8(ascii: "*"): return try open(.array, rest, of: type)
        case UInt8(ascii: "~"): return try open(.set, rest, of: type)
        case UInt8(ascii: "%"): return try open(.map, rest, of: type)
        case UInt8(ascii: ">"): return try open(.push, rest, of: type)
        case UInt8(ascii: "|"): return try open(.attribute, rest, of: type)
        case UInt8(ascii: "_"): throw .malformedValue(type: type)
        case UInt8(ascii: ";"), UInt8(ascii: "."): throw .streamed
        default: throw .unknownType(type)
        }
    }

    private mutating func announce(
        _ kind: PendingBlob.Kind, _ digits: Range<Int>, of type: UInt8
    ) throws(RESPViolation) -> Token {
        guard let length = try count(digits, of: type) else { return .value(.null) }
        try charge(length)
        pendingBlob = PendingBlob(kind: kind, length: length)
        return .opened
    }

    private mutating func finish(_ blob: PendingBlob) throws(RESPViolation) -> Token? {
        guard buffer.readableBytes - 2 >= blob.length else { return nil }
        let end = buffer.readerIndex + blob.length
        guard byte(at: end) == 13, byte(at: end + 1) == 10 else { throw .missingTerminator }
        let range = buffer.readerIndex..<end
        pendingBlob = nil
        defer { buffer.moveReaderIndex(to: end + 2) }
        switch blob.kind {
        case .bytes: return .value(.blob(bytes(range)))
        case .error: return .value(.error(RESPServerError(text(range))))
        case .verbatim:
            // The text follows three letters of format and a colon.
            guard blob.length >= 4, byte(at: range.lowerBound + 3) == UInt8(ascii: ":") else {
                throw .malformedValue(type: UInt8(ascii: "="))
            }
            return .value(.blob(bytes(range.dropFirst(4))))
        }
    }

    private mutating func open(_ kind: Frame.Kind, _ digits: Range<Int>, of type: UInt8) throws(RESPViolation) -> Token
    {
        guard let announced = try count(digits, of: type) else {
            guard kind == .array else { throw .malformedValue(type: type) }
            return .value(.null)
        }
        if kind == .push, !frames.isEmpty { throw .nestedPush }
        guard frames.count < limits.depth else { throw .tooDeep(limit: limits.depth) }
        let (count, overflows) = announced.multipliedReportingOverflow(by: kind.isOfPairs ? 2 : 1)
        let (size, isBeyond) = count.multipliedReportingOverflow(by: MemoryLayout<RESPValue>.stride)
        guard !overflows, !isBeyond else { throw .tooLarge(limit: limits.bytes) }
        try charge(size)
        let frame = Frame(kind, count: count)
        guard count == 0 else {
            frames.append(frame)
            return .opened
        }
        switch frame.finished {
        case .value(let value): return .value(value)
        case .push(let elements): return .push(elements)
        case .nothing: return .opened
        }
    }

    /// Reads a length; `nil` for -1, which is null in RESP2.
    private func count(_ digits: Range<Int>, of type: UInt8) throws(RESPViolation) -> Int? {
        if digits.count == 1, byte(at: digits.lowerBound) == UInt8(ascii: "?") { throw .streamed }
        let count = try integer(digits, of: type)
        if count == -1, type == UInt8(ascii: "$") || type == UInt8(ascii: "*") { return nil }
        guard count >= 0 else { throw .malformedValue(type: type) }
        return Int(count)
    }
}
