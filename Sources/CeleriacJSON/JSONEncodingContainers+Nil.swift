/// How members of an object that are `nil` are written.
public enum NilMembers: Sendable, Hashable {
    /// They are omitted, as in Swift's synthesised `Encodable`.
    case omitted
    /// They are written as `null`, which Python reads as `None`.
    case null
}

/// Encodes optional members. There is one method for each basic type, because the protocol's own methods would be
/// preferred to a generic one.
extension KeyedEncoding {
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try putIfPresent(value, key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try putIfPresent(value, key) }

    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try putIfPresent(value, key) }

    private func putIfPresent<Value: Encodable>(_ value: Value?, _ key: Key) throws {
        if let value { return try encode(value, forKey: key) }
        if node.output.nilMembers == .null { encodeNil(forKey: key) }
    }
}
