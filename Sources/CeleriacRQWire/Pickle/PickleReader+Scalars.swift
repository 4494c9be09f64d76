/// Numbers and texts.
extension PickleReader {
    mutating func number(_ opcode: PickleOpcode) throws(PickleError) -> PickleValue {
        switch opcode {
        case .none: .none
        case .newTrue: .bool(true)
        case .newFalse: .bool(false)
        case .binInt1: .integer(Int64(try byte()))
        case .binInt2: .integer(Int64(try unsigned(2)))
        case .binInt: .integer(Int64(Int32(truncatingIfNeeded: try unsigned(4))))
        case .long1: try integer(of: try take(try unsigned(1)))
        case .long4: try integer(of: try take(try unsigned(4)))
        case .int: try decimalInteger(isLong: false)
        case .long: try decimalInteger(isLong: true)
        case .binFloat: .double(Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) }))
        default: try decimalDouble()
        }
    }

    private func integer(of content: ArraySlice<UInt8>) throws(PickleError) -> PickleValue {
        guard content.count > 8 else {
            let isNegative = content.last.map { $0 >= 0x80 } ?? false
            let word = content.reversed().reduce(isNegative ? ~UInt64(0) : 0) { $0 << 8 | UInt64($1) }
            return .integer(Int64(bitPattern: word))
        }
        guard content.count <= BigDigits.mostBytes else {
            throw error(.tooLarge, "an integer of more than \(BigDigits.mostDigits) digits")
        }
        return PickleValue(digits: BigDigits.text(ofTwosComplement: content))
    }

    /// Reads `I…` and `L…L` of protocol 0, in which `I01` is true.
    private mutating func decimalInteger(isLong: Bool) throws(PickleError) -> PickleValue {
        var text = try asciiLine()
        if !isLong, text == "01" || text == "00" { return .bool(text == "01") }
        if isLong, text.hasSuffix("L") { text.removeLast() }
        guard text.utf8.count <= BigDigits.mostDigits + 1 else {
            throw error(.tooLarge, "an integer of more than \(BigDigits.mostDigits) digits")
        }
        guard BigDigits.isInteger(text) else { throw error(.malformed, "not an integer") }
        return PickleValue(digits: BigDigits.canonical(text))
    }

    private mutating func decimalDouble() throws(PickleError) -> PickleValue {
        let text = try asciiLine()
        // `Double` itself also accepts hexadecimal digits and the payload of a NaN.
        let isPlain = text.utf8.allSatisfy { "0123456789+-.eEinfa".utf8.contains($0) }
        guard isPlain, let value = Double(text) else { throw error(.malformed, "not a floating-point number") }
        return .double(value)
    }

    mutating func text(_ opcode: PickleOpcode) throws(PickleError) -> PickleValue {
        let text: PickleValue?
        switch opcode {
        case .unicode: text = PickleText.rawUnicodeEscaped(try line())
        case .string: text = PickleText.quoted(try line()).map(PickleValue.string)
        case .binString, .shortBinString: text = PickleText.ascii(try content(opcode)).map(PickleValue.string)
        default: text = PickleText.utf8(try content(opcode))
        }
        guard let text else { throw error(.malformed, "\(opcode.name) with invalid text") }
        return text
    }
}

extension PickleValue {
    /// - Parameter digits: the digits of an integer, without leading zeros.
    init(digits: String) { self = Int64(digits).map(PickleValue.integer) ?? .bigInteger(digits) }
}
