import CeleriacCore
import CeleriacWire

/// Writes pickled values as JSON text in the form that Celery's JSON uses, so that a task reads both alike.
///
/// | Python | JSON |
/// |---|---|
/// | `None`, `bool`, `int`, `float`, `str` | as they are; `NaN` and infinities as Python's `json` writes them |
/// | `list`, `tuple`, `set`, `frozenset` | arrays |
/// | `dict` | objects; keys that are integers, floats, booleans or `None` become their text, as in Python's `json` |
/// | `bytes`, `datetime`, `date`, `time`, `Decimal`, `UUID` | kombu's tagged values |
/// | `timedelta` | seconds as a float |
/// | `timezone` | its offset as text, `+02:00` |
extension PickleValue {
    /// Returns compact JSON text; the members of objects are in the order of the dictionary.
    ///
    /// - Throws: ``PickleError`` with code `notJSON` if a dictionary has a key of another kind.
    package func json() throws(PickleError) -> [UInt8] {
        var writer = JSONWriter()
        try write(to: &writer)
        return writer.bytes
    }

    func write(to writer: inout JSONWriter) throws(PickleError) {
        switch self {
        case .none: writer.null()
        case .bool(let value): writer.bool(value)
        case .integer(let value): writer.int(value)
        case .bigInteger: writer.write(scalar)
        case .double(let value): writer.double(value)
        case .string(let text): writer.string(text)
        case .illFormedString(let text): writer.string(text)
        case .list(let elements), .tuple(let elements), .set(let elements), .frozenSet(let elements):
            writer.beginArray()
            for element in elements { try element.write(to: &writer) }
            writer.endArray()
        case .dictionary(let entries):
            writer.beginObject()
            for entry in entries {
                writer.key(try entry.key.keyText())
                try entry.value.write(to: &writer)
            }
            writer.endObject()
        case .timedelta(let delta): writer.double(delta.totalSeconds)
        case .timezone(let offset): writer.string(offset.isoOffset)
        case .bytes, .datetime, .date, .time, .decimal, .uuid: writer.write(scalar)
        }
    }

    // MARK: Detail

    private var scalar: JSONValue {
        switch self {
        case .bigInteger(let digits): .bigInteger(digits)
        case .bytes(let bytes):
            String(validating: bytes, as: UTF8.self).map { Self.tagged("bytes", .string($0)) }
                ?? Self.tagged("base64", .string(String(decoding: Base64.encode(bytes), as: UTF8.self)))
        case .datetime(let date, let time): Self.tagged("datetime", .string("\(date.iso)T\(time.iso)"))
        case .date(let date): Self.tagged("date", .string(date.iso))
        case .time(let time): Self.tagged("time", .string(time.iso))
        case .decimal(let text): Self.tagged("decimal", .string(text))
        case .uuid(let digits): Self.tagged("uuid", ["hex": .string(digits)])
        default: .null
        }
    }

    private static func tagged(_ type: String, _ value: JSONValue) -> JSONValue {
        ["__type__": .string(type), "__value__": value]
    }

    private func keyText() throws(PickleError) -> JSONKey {
        switch self {
        case .string(let text): JSONKey(text)
        case .illFormedString(let text): JSONKey(text)
        case .integer(let value): JSONKey(String(value))
        case .bigInteger(let digits): JSONKey(digits)
        case .bool(let value): value ? "true" : "false"
        case .none: "null"
        case .double(let value): JSONKey(JSONValue.double(value).text)
        default: throw PickleError(.notJSON, "a dict key that is not text, a number, a bool or None")
        }
    }
}
