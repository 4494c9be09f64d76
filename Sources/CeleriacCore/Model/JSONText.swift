/// Work on JSON that stays text.
package enum JSONText {
    /// Without the blanks between its parts, as this library writes it and its writers reopen it.
    ///
    /// - Parameter text: well-formed.
    package static func compact(_ text: some Sequence<UInt8>) -> [UInt8] {
        var compact: [UInt8] = []
        var (isInString, isEscaped) = (false, false)
        for byte in text {
            if isInString {
                isInString = byte != .quote || isEscaped
                isEscaped = byte == .backslash && !isEscaped
            } else {
                if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { continue }
                isInString = byte == .quote
            }
            compact.append(byte)
        }
        return compact
    }

    /// One array of the elements of both. Both compact.
    static func joined(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        if first.count <= 2 { return second }
        if second.count <= 2 { return first }
        return first.dropLast() + [.comma] + second.dropFirst()
    }

    /// An array of what is JSON text already.
    package static func array(_ elements: some Sequence<[UInt8]>) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for element in elements { writer.raw(element) }
        writer.endArray()
        return writer.bytes
    }

    /// One object of the members of both; of two of one name, the second's stands.
    static func merged(_ first: [UInt8], _ second: [UInt8]) throws -> [UInt8] {
        if second.count <= 2 { return first }
        if first.count <= 2 { return second }
        var order: [JSONKey] = []
        var texts: [JSONKey: [UInt8]] = [:]
        for (name, text) in try members(of: first) + members(of: second) {
            if texts.updateValue(text, forKey: name) == nil { order.append(name) }
        }
        var writer = JSONWriter()
        writer.beginObject()
        for name in order {
            writer.key(name)
            writer.raw(texts[name] ?? [])
        }
        writer.endObject()
        return writer.bytes
    }

    private static func members(of object: [UInt8]) throws -> [(JSONKey, [UInt8])] {
        var members: [(JSONKey, [UInt8])] = []
        do throws(JSONError) {
            var reader = try JSONReader(object, limits: .checkedBefore)
            try reader.beginObject()
            while let name = try reader.nextExactKey() { members.append((name, try reader.raw())) }
            try reader.finish()
        } catch {
            throw CeleriacError(.invalidArguments, "named arguments are no JSON object", underlying: error)
        }
        return members
    }

    /// The text with U+FFFD in the place of each lone surrogate.
    ///
    /// - Parameter text: of one value.
    package static func replacingLoneSurrogates(_ text: [UInt8]) throws(JSONError) -> [UInt8] {
        // A surrogate stands in JSON as an escape only.
        guard text.contains(.backslash) else { return text }
        return try JSONValue(parsing: text, limits: .checkedBefore).replacingLoneSurrogates.bytes
    }

    /// The elements of an array, each as it stands.
    package static func elements(of array: [UInt8]) throws -> [[UInt8]] {
        var elements: [[UInt8]] = []
        do throws(JSONError) {
            var reader = try JSONReader(array, limits: .checkedBefore)
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try reader.raw()) }
            try reader.finish()
        } catch {
            throw CeleriacError(.invalidArguments, "this is no JSON array", underlying: error)
        }
        return elements
    }
}
