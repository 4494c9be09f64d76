#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Foundation's common types, in kombu's tagged form (`kombu/utils/json.py`): `{"__type__": T, "__value__": V}`.
///
/// Each type can also be read from its plain text: an ISO date, a UUID, digits, base64.
extension Date: JSONDirect {
    func write(to writer: inout JSONWriter) throws {
        guard timeIntervalSinceReferenceDate.isFinite else {
            throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "the date is not finite"))
        }
        writer.raw(#"{"__type__":"datetime","__value__":""#)
        ISODate.append(self, to: &writer.bytes)
        writer.bytes += [.quote, .closeBrace]
    }

    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Date {
        scanner.skipBlanks()
        let start = scanner.position
        let token: JSONScanner.StringToken
        if scanner.byte == .quote {
            token = try scanner.scanString()
        } else {
            var value = try scanner.tagged(("datetime", "date"), or: "an ISO 8601 date").value
            token = try value.scanString()
        }
        guard let date = ISODate.parse(UnsafeBufferPointer(rebasing: scanner.text[token.range])) else {
            throw JSONError(.typeMismatch, at: start, "expected an ISO 8601 date")
        }
        return date
    }
}

extension UUID: JSONDirect {
    func write(to writer: inout JSONWriter) {
        writer.tagged("uuid") { writer in
            writer.beginObject()
            writer.key("hex")
            writer.string(withUnsafeBytes(of: uuid) { String(hex: $0) })
            writer.endObject()
        }
    }

    static func read(from scanner: inout JSONScanner) throws(JSONError) -> UUID {
        scanner.skipBlanks()
        let start = scanner.position
        var text: String?
        if scanner.byte == .quote {
            text = try scanner.string()
        } else {
            var value = try scanner.tagged(("uuid", "uuid"), or: "a UUID").value
            try value.begin(object: true)
            while try value.nextMember() {
                let name = try value.scanString()
                try value.passColon()
                if value.matches(name, "hex") { text = try value.string() } else { try value.skipValue() }
            }
        }
        guard let uuid = text.flatMap(UUID.init(withOrWithoutDashes:)) else {
            throw JSONError(.typeMismatch, at: start, "expected a UUID")
        }
        return uuid
    }

    private init?(withOrWithoutDashes text: String) {
        guard text.utf8.count == 32 else {
            self.init(uuidString: text)
            return
        }
        var dashed = text
        for place in [20, 16, 12, 8] {
            dashed.insert("-", at: dashed.utf8.index(dashed.startIndex, offsetBy: place))
        }
        self.init(uuidString: dashed)
    }
}

extension Decimal: JSONDirect {
    func write(to writer: inout JSONWriter) { writer.tagged("decimal") { $0.string(description) } }

    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Decimal {
        scanner.skipBlanks()
        let start = scanner.position
        let text: String
        if scanner.byte == .minus || scanner.byte.digit != nil {
            let token = try scanner.scanNumber()
            text = String(decoding: UnsafeBufferPointer(rebasing: scanner.text[token.range]), as: UTF8.self)
        } else {
            text = try scanner.textOrTagged(("decimal", "decimal"), or: "a decimal number")
        }
        if text == "NaN" { return .nan }
        // Without this check, Decimal would accept the first part of "1.5 apples".
        guard JSONScanner.isNumber(text), let value = Decimal(string: text), value.isFinite else {
            throw JSONError(.typeMismatch, at: start, "expected a decimal number")
        }
        return value
    }
}

extension Data: JSONDirect {
    /// Writes UTF-8 text as text, and other bytes as base64, like Python's `bytes`.
    func write(to writer: inout JSONWriter) {
        if let text = String(validating: self, as: UTF8.self) {
            writer.tagged("bytes") { $0.string(text) }
        } else {
            writer.tagged("base64") { $0.string(base64EncodedString()) }
        }
    }

    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Data {
        scanner.skipBlanks()
        let start = scanner.position
        let text: String
        if scanner.byte == .quote {
            text = try scanner.string()
        } else {
            var (isPlain, value) = try scanner.tagged(("bytes", "base64"), or: "bytes")
            text = try value.string()
            if isPlain { return Data(text.utf8) }
        }
        guard let data = Data(base64Encoded: text) else {
            throw JSONError(.typeMismatch, at: start, "expected base64 text")
        }
        return data
    }
}

extension URL: JSONDirect {
    func write(to writer: inout JSONWriter) { writer.string(absoluteString) }

    static func read(from scanner: inout JSONScanner) throws(JSONError) -> URL {
        scanner.skipBlanks()
        let start = scanner.position
        guard let url = URL(string: try scanner.string()) else {
            throw JSONError(.typeMismatch, at: start, "expected a URL")
        }
        return url
    }
}

extension String {
    fileprivate init(hex bytes: UnsafeRawBufferPointer) {
        self.init(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (place, byte) in bytes.enumerated() {
                text[place * 2] = .hexDigit(of: byte >> 4)
                text[place * 2 + 1] = .hexDigit(of: byte & 15)
            }
            return bytes.count * 2
        }
    }
}
