/// Reads whole values as ``JSONValue``.
extension JSONScanner {
    /// Reads a value of any kind. Recursive, but never deeper than the limits allow.
    mutating func value() throws(JSONError) -> JSONValue {
        skipBlanks()
        switch byte {
        case .quote: return try stringValue()
        case .openBracket: return .array(try array())
        case .openBrace: return .object(try object())
        case .minus, .zero...UInt8(ascii: "9"): return number(try scanNumber())
        default:
            switch try scanWord() {
            case .null: return .null
            case .yes: return .bool(true)
            case .no: return .bool(false)
            case .notANumber: return .double(.nan)
            case .infinity: return .double(.infinity)
            }
        }
    }

    private func number(_ token: NumberToken) -> JSONValue {
        guard token.isInteger else { return .double(double(of: token)) }
        if let value = token.int64 { return .integer(value) }
        return .bigInteger(String(decoding: UnsafeBufferPointer(rebasing: text[token.range]), as: UTF8.self))
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        try begin(object: false)
        while try nextElement() { elements.append(try value()) }
        return elements
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        var members: JSONObject = [:]
        try begin(object: true)
        while try nextMember() {
            let name = key(of: try scanString())
            try passColon()
            members[name] = try value()
        }
        return members
    }
}
