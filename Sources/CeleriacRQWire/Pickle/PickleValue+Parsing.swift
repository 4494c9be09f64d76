package import CeleriacCore
import CeleriacWire

/// Reads JSON text as Python values: the values that a Python task would get from Celery's JSON.
extension PickleValue {
    /// Reads a whole JSON text. Arrays become lists, objects become dictionaries, and kombu's tagged values become
    /// their values.
    ///
    /// An unreadable tagged value stays a dictionary.
    ///
    /// - Throws: ``JSONError``.
    package init(json text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var reader = try JSONReader(text, limits: limits)
        self = try Self.read(&reader)
        try reader.finish()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> PickleValue {
        switch reader.kind() {
        case .array: return .list(try elements(&reader))
        case .object:
            let entries = try entries(&reader)
            return untagged(entries) ?? .dictionary(entries)
        default: return scalar(try reader.value())
        }
    }

    private static func elements(_ reader: inout JSONReader) throws(JSONError) -> [PickleValue] {
        var elements: [PickleValue] = []
        try reader.beginArray()
        while try reader.nextElement() { elements.append(try read(&reader)) }
        return elements
    }

    /// If two keys are equal, the entry has the place of the first and the value of the last, as in a Python `dict`.
    private static func entries(_ reader: inout JSONReader) throws(JSONError) -> [PickleEntry] {
        var entries: [PickleEntry] = []
        var places: [JSONKey: Int] = [:]
        try reader.beginObject()
        while let key = try reader.nextExactKey() {
            let value = try read(&reader)
            if let place = places.updateValue(entries.count, forKey: key) {
                places[key] = place
                entries[place].value = value
            } else {
                entries.append(PickleEntry(PickleValue(key), value))
            }
        }
        return entries
    }

    private init(_ key: JSONKey) { self = key.illFormed.map(PickleValue.illFormedString) ?? .string(key.text) }

    private static func scalar(_ value: JSONValue) -> PickleValue {
        switch value {
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .bigInteger(let digits): .bigInteger(digits)
        case .double(let value): .double(value)
        case .string(let text): .string(text)
        case .illFormedString(let text): .illFormedString(text)
        case .null, .array, .object: .none
        }
    }

    /// Returns the value of a tagged value; `nil` if it is not tagged.
    private static func untagged(_ entries: [PickleEntry]) -> PickleValue? {
        guard entries.count == 2, let tag = entries.first(where: { $0.key == .string("__type__") })?.value,
            let value = entries.first(where: { $0.key == .string("__value__") })?.value,
            case .string(let type) = tag
        else { return nil }
        if type == "uuid", case .dictionary(let members) = value {
            guard case .string(let text)? = members.first(where: { $0.key == .string("hex") })?.value else {
                return nil
            }
            return PickleUUID.digits(of: text).map(PickleValue.uuid)
        }
        guard case .string(let text) = value else { return nil }
        return untagged(type, text)
    }

    private static func untagged(_ type: String, _ text: String) -> PickleValue? {
        switch type {
        case "bytes": .bytes(Array(text.utf8))
        case "base64": Base64.decode(Array(text.utf8)[...]).map(PickleValue.bytes)
        case "decimal": PythonDecimal.isValid(text) ? .decimal(text) : nil
        case "date": PythonDate(iso: text).map(PickleValue.date)
        case "time": PythonTime(iso: text).map(PickleValue.time)
        case "datetime": datetime(text)
        default: nil
        }
    }

    private static func datetime(_ text: String) -> PickleValue? {
        guard let separator = text.firstIndex(where: { $0 == "T" || $0 == " " }) else { return nil }
        guard let date = PythonDate(iso: text[..<separator]),
            let time = PythonTime(iso: text[text.index(after: separator)...])
        else { return nil }
        return .datetime(date, time)
    }
}
