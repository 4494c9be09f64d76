/// A type that is read from and written to JSON text without `Codable`.
///
/// Implemented by the common argument types; each uses the form of its `Codable` conformance, or kombu's tagged form.
protocol JSONDirect: SendableMetatype {
    func write(to writer: inout JSONWriter) throws
    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Self
}

extension Bool: JSONDirect {
    func write(to writer: inout JSONWriter) { writer.bool(self) }
    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Bool { try scanner.bool() }
}

extension String: JSONDirect {
    func write(to writer: inout JSONWriter) { writer.string(self) }
    static func read(from scanner: inout JSONScanner) throws(JSONError) -> String { try scanner.plainOrTaggedText() }
}

extension JSONValue: JSONDirect {
    func write(to writer: inout JSONWriter) { writer.write(self) }
    static func read(from scanner: inout JSONScanner) throws(JSONError) -> JSONValue { try scanner.value() }
}

// MARK: Numbers

protocol JSONDirectInteger: JSONDirect, FixedWidthInteger {}

extension JSONDirectInteger {
    func write(to writer: inout JSONWriter) { writer.int(self) }
    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Self { try scanner.integer(Self.self) }
}

extension Int: JSONDirectInteger {}
extension Int8: JSONDirectInteger {}
extension Int16: JSONDirectInteger {}
extension Int32: JSONDirectInteger {}
extension Int64: JSONDirectInteger {}
extension UInt: JSONDirectInteger {}
extension UInt8: JSONDirectInteger {}
extension UInt16: JSONDirectInteger {}
extension UInt32: JSONDirectInteger {}
extension UInt64: JSONDirectInteger {}

extension Double: JSONDirect {
    func write(to writer: inout JSONWriter) { writer.double(self) }
    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Double { try scanner.double() }
}

extension Float: JSONDirect {
    /// Writes the shortest text that reads back as this float; the text for the equal double may be longer.
    func write(to writer: inout JSONWriter) {
        isFinite ? writer.raw(description.utf8) : writer.double(Double(self))
    }

    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Float { Float(try scanner.double()) }
}

// MARK: Containers of those

extension Optional: JSONDirect where Wrapped: JSONDirect {
    func write(to writer: inout JSONWriter) throws {
        if let self { try self.write(to: &writer) } else { writer.null() }
    }

    static func read(from scanner: inout JSONScanner) throws(JSONError) -> Wrapped? {
        try scanner.null() ? nil : try Wrapped.read(from: &scanner)
    }
}

extension Array: JSONDirect where Element: JSONDirect {
    func write(to writer: inout JSONWriter) throws {
        writer.beginArray()
        for element in self { try element.write(to: &writer) }
        writer.endArray()
    }

    static func read(from scanner: inout JSONScanner) throws(JSONError) -> [Element] {
        if Element.self == UInt8.self, let bytes = try scanner.taggedBytes() as? [Element] { return bytes }
        var elements: [Element] = []
        try scanner.begin(object: false)
        while try scanner.nextElement() { elements.append(try Element.read(from: &scanner)) }
        return elements
    }
}

/// A key of dictionaries that are written as objects.
protocol JSONDirectKey: Hashable, Comparable, SendableMetatype {
    /// The key in the coding path.
    var pathKey: ElementKey { get }
    func writeKey(to writer: inout JSONWriter)
    static func readKey(from scanner: inout JSONScanner) throws(JSONError) -> Self
    /// Whether both keys have the same bytes.
    static func areIdentical(_ left: Self, _ right: Self) -> Bool
}

extension String: JSONDirectKey {
    var pathKey: ElementKey { ElementKey(self) }
    func writeKey(to writer: inout JSONWriter) { writer.key(self) }
    static func readKey(from scanner: inout JSONScanner) throws(JSONError) -> String { try scanner.string() }
    static func areIdentical(_ left: String, _ right: String) -> Bool { left.isIdentical(to: right) }
}

extension JSONKey: JSONDirectKey {
    var pathKey: ElementKey { ElementKey(text) }
    func writeKey(to writer: inout JSONWriter) { writer.key(self) }
    static func readKey(from scanner: inout JSONScanner) throws(JSONError) -> JSONKey {
        scanner.skipBlanks()
        return scanner.key(of: try scanner.scanString())
    }
    static func areIdentical(_ left: JSONKey, _ right: JSONKey) -> Bool { left == right }
}

extension Dictionary: JSONDirect where Key: JSONDirectKey, Value: JSONDirect {
    /// Sorted by key, so that equal dictionaries produce equal text in every process.
    func write(to writer: inout JSONWriter) throws {
        writer.beginObject()
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            name.writeKey(to: &writer)
            try value.write(to: &writer)
        }
        writer.endObject()
    }

    /// If two members have the same key, the last one is used. Two keys that are equal as `String` but different in
    /// JSON are refused.
    static func read(from scanner: inout JSONScanner) throws(JSONError) -> [Key: Value] {
        var members: [Key: Value] = [:]
        try scanner.begin(object: true)
        while try scanner.nextMember() {
            let start = scanner.position
            let name = try Key.readKey(from: &scanner)
            try scanner.passColon()
            let value = try Value.read(from: &scanner)
            guard let place = members.index(forKey: name) else {
                members[name] = value
                continue
            }
            guard Key.areIdentical(members[place].key, name) else {
                throw JSONError(
                    .typeMismatch, at: start,
                    "the object has two keys that String cannot distinguish, such as é as one and as two characters: decode it "
                        + "as JSONObject")
            }
            members.values[place] = value
        }
        return members
    }
}
