package import CeleriacCore

/// A value that kombu's JSON tags with its Python type: an object of exactly the keys `__type__` and `__value__`.
///
/// Source: `kombu/utils/json.py`, kombu 5.7.
package enum PythonTagged: Sendable, Hashable {
    case bytes([UInt8])
    /// An ISO date.
    case date(String)
    /// An ISO date and time.
    case datetime(String)
    /// Values that other formats have only as text: decimals, times of day, UUIDs.
    case text(String)

    /// Reads and passes the next object if it is a tagged value.
    package init?(passing reader: inout JSONReader) throws(JSONError) {
        var probe = reader
        var (type, content): (String?, JSONValue?)
        try probe.beginObject()
        while let key = try probe.nextKey() {
            switch key {
            case "__type__" where probe.kind() == .string: type = try probe.string()
            case "__value__" where probe.kind() == .string || probe.kind() == .object: content = try probe.value()
            default: return nil
            }
        }
        guard let type, let content, let value = Self(type, content) else { return nil }
        self = value
        reader = probe
    }

    private init?(_ type: String, _ content: JSONValue) {
        let text = content.stringValue
        switch (type, text) {
        case ("bytes", let text?): self = .bytes(Array(text.utf8))
        case ("base64", let text?):
            guard let bytes = Base64.decode(Array(text.utf8)[...]) else { return nil }
            self = .bytes(bytes)
        case ("date", let text?): self = .date(text)
        case ("datetime", let text?): self = .datetime(text)
        case ("decimal", let text?), ("time", let text?): self = .text(text)
        case ("uuid", nil):
            guard let hex = content["hex"]?.stringValue, hex.utf8.count == 32 else { return nil }
            self = .text(Self.dashed(hex))
        default: return nil
        }
    }

    /// A UUID's digits as Python prints them.
    private static func dashed(_ hex: String) -> String {
        var text = hex
        for place in [20, 16, 12, 8] { text.insert("-", at: text.utf8.index(text.startIndex, offsetBy: place)) }
        return text
    }
}

extension JSONWriter {
    /// Writes bytes as kombu's JSON does: as text if they are UTF-8, else as base64.
    package mutating func taggedBytes(_ bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            tagged("bytes", text)
        } else {
            tagged("base64", String(decoding: Base64.encode(Array(bytes)), as: UTF8.self))
        }
    }

    /// Writes a tagged value whose content is text.
    package mutating func tagged(_ type: String, _ text: String) {
        beginObject()
        key("__type__")
        string(type)
        key("__value__")
        string(text)
        endObject()
    }
}
