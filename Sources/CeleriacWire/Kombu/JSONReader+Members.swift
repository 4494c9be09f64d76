import CeleriacCore

extension JSONReader {
    /// Reads one member of the object that comes next, and passes the others.
    ///
    /// - Returns: `nil` where there is no such member.
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

    /// Reads a text, or passes what is none.
    mutating func stringOrNil() throws(JSONError) -> String? {
        if kind() == .string { return try lossyString() }
        try skip()
        return nil
    }

    /// Reads an integer, or passes what is none.
    mutating func intOrNil() throws(JSONError) -> Int? { try value().intValue }

    /// Reads a boolean, or passes what is none.
    mutating func boolOrNil() throws(JSONError) -> Bool? { try value().boolValue }
}
