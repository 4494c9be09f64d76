#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Kombu's tagged values: objects with exactly the keys `__type__` and `__value__`.
extension JSONWriter {
    mutating func tagged(_ type: String, _ value: (inout JSONWriter) -> Void) {
        beginObject()
        key("__type__")
        string(type)
        key("__value__")
        value(&self)
        endObject()
    }
}

extension JSONScanner {
    /// Scans a tagged value, with its two keys in either order.
    ///
    /// - Parameters:
    ///   - types: the accepted tags, at most two.
    ///   - expected: the name of the value in errors.
    /// - Returns: the tag that was found, and a scanner positioned at its value.
    mutating func tagged(
        _ types: (StaticString, StaticString), or expected: StaticString
    ) throws(JSONError) -> (isFirst: Bool, value: JSONScanner) {
        let start = position
        var isFirst: Bool?
        var value: JSONScanner?
        guard byte == .openBrace else { throw mismatch("\(expected)") }
        try begin(object: true)
        while try nextMember() {
            let name = try scanString()
            try passColon()
            if matches(name, "__type__"), byte == .quote {
                let type = try scanString()
                isFirst = matches(type, types.0) ? true : matches(type, types.1) ? false : nil
            } else {
                if matches(name, "__value__") { value = self }
                try skipValue()
            }
        }
        guard let isFirst, let value else { throw JSONError(.typeMismatch, at: start, "expected \(expected)") }
        return (isFirst, value)
    }

    /// Reads a string, or a tagged value that contains one.
    mutating func textOrTagged(
        _ types: (StaticString, StaticString), or expected: StaticString
    ) throws(JSONError) -> String {
        skipBlanks()
        if byte == .quote { return try string() }
        var value = try tagged(types, or: expected).value
        return try value.string()
    }

    /// Reads a string, or the text of a tagged value of any type that has text: an ISO date or time, a decimal's
    /// digits, bytes that are UTF-8, a UUID as Python prints it.
    mutating func plainOrTaggedText() throws(JSONError) -> String {
        skipBlanks()
        guard byte == .openBrace else { return try string() }
        let start = position
        guard let text = try value().taggedText else { throw JSONError(.typeMismatch, at: start, "expected a string") }
        return text
    }

    /// Reads tagged bytes; `nil` if no object comes next.
    mutating func taggedBytes() throws(JSONError) -> [UInt8]? {
        skipBlanks()
        return byte == .openBrace ? [UInt8](try Data.read(from: &self)) : nil
    }

    /// Whether the whole text is a JSON number; a leading plus is allowed.
    static func isNumber(_ text: String) -> Bool {
        var text = text.hasPrefix("+") ? String(text.dropFirst()) : text
        return text.withUTF8 { bytes in
            var scanner = JSONScanner(bytes, limits: JSONLimits())
            guard let token = try? scanner.scanNumber() else { return false }
            return token.range == 0..<bytes.count
        }
    }
}

extension JSONValue {
    /// The text of a tagged value; `nil` if this is not a tagged value, or has no text.
    fileprivate var taggedText: String? {
        guard let members = objectValue, members.count == 2, let type = members["__type__"]?.stringValue,
            let value = members["__value__"]
        else { return nil }
        switch type {
        case "datetime", "date", "time", "decimal", "bytes": return value.stringValue
        case "uuid":
            let digits = try? JSONCoding.decode(UUID.self, from: bytes)
            return digits?.uuidString.lowercased()
        default: return nil
        }
    }
}
