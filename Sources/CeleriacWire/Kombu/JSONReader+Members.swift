import CeleriacCore

extension JSONReader {
    /// Reads one member of the next object, and skips the others.
    ///
    /// - Returns: `nil` if the object has no such member.
    mutating func member<Value>(
        _ name: String, _ read: (inout JSONReader) throws(JSONError) -> Value?
    ) throws(JSONError) -> Value? {
        var value: Value?
        try beginObject()
        while let key = try nextKey() {
            if key == name { value = try read(&self) } else { try skip() }
        }
        return value
    }

    /// Reads a string, or skips another value and returns `nil`.
    mutating func stringOrNil() throws(JSONError) -> String? {
        if kind() == .string { return try lossyString() }
        try skip()
        return nil
    }

    /// Reads an integer. Returns `nil` for other values.
    mutating func intOrNil() throws(JSONError) -> Int? { try value().intValue }

    /// Reads a boolean. Returns `nil` for other values.
    mutating func boolOrNil() throws(JSONError) -> Bool? { try value().boolValue }
}
