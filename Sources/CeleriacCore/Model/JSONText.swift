/// Operations on JSON that stays text.
package enum JSONText {
    /// Removes the whitespace between the parts, which is the form that this library writes and that its writers
    /// reopen.
    ///
    /// - Parameter text: well-formed JSON.
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

    /// Returns one array with the elements of both. Both must be compact.
    static func joined(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        if first.count <= 2 { return second }
        if second.count <= 2 { return first }
        return first.dropLast() + [.comma] + second.dropFirst()
    }

    /// Returns an array of elements that are JSON text already.
    package static func array(_ elements: some Sequence<[UInt8]>) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for element in elements { writer.raw(element) }
        writer.endArray()
        return writer.bytes
    }

    /// Returns one object with the members of both; if both have a name, the second's value is kept.
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
            throw CeleriacError(.invalidArguments, "the named arguments are not a JSON object", underlying: error)
        }
        return members
    }

    /// Replaces each lone surrogate with U+FFFD.
    ///
    /// - Parameter text: one JSON value.
    package static func replacingLoneSurrogates(_ text: [UInt8]) throws(JSONError) -> [UInt8] {
        // In JSON, a surrogate can only appear as an escape.
        guard text.contains(.backslash) else { return text }
        return try JSONValue(parsing: text, limits: .checkedBefore).replacingLoneSurrogates.bytes
    }

    /// Returns the elements of an array, each exactly as written.
    package static func elements(of array: [UInt8]) throws -> [[UInt8]] {
        var elements: [[UInt8]] = []
        do throws(JSONError) {
            var reader = try JSONReader(array, limits: .checkedBefore)
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try reader.raw()) }
            try reader.finish()
        } catch {
            throw CeleriacError(.invalidArguments, "the text is not a JSON array", underlying: error)
        }
        return elements
    }
}
