#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads and writes a type that is known only at run time without `Codable`.
struct DirectCoder: Sendable {
    let write: @Sendable (UnsafeRawPointer, inout JSONWriter) throws -> Void
    /// Initialises the memory; leaves it uninitialised if it throws.
    let read: @Sendable (inout JSONScanner, UnsafeMutableRawPointer) throws(JSONError) -> Void

    /// The coder of a type; `nil` if the type must use `Codable`.
    static func coder<Value>(of type: Value.Type) -> DirectCoder? { all[ObjectIdentifier(type)] }

    private init<Value: JSONDirect>(_ type: Value.Type) {
        // Looked up by the identity of `Value`, so the memory is always of that type.
        write = { try $0.assumingMemoryBound(to: Value.self).pointee.write(to: &$1) }
        read = { scanner, memory throws(JSONError) in
            let value = try Value.read(from: &scanner)
            memory.initializeMemory(as: Value.self, to: value)
        }
    }

    private static let all: [ObjectIdentifier: DirectCoder] = {
        var coders: [ObjectIdentifier: DirectCoder] = [:]
        func add<Value: JSONDirect>(_ type: Value.Type) {
            coders[ObjectIdentifier(type)] = DirectCoder(type)
            coders[ObjectIdentifier(Value?.self)] = DirectCoder(Value?.self)
            coders[ObjectIdentifier([Value].self)] = DirectCoder([Value].self)
            coders[ObjectIdentifier([Value]?.self)] = DirectCoder([Value]?.self)
            coders[ObjectIdentifier([String: Value].self)] = DirectCoder([String: Value].self)
            coders[ObjectIdentifier([String: Value]?.self)] = DirectCoder([String: Value]?.self)
            coders[ObjectIdentifier([JSONKey: Value].self)] = DirectCoder([JSONKey: Value].self)
            coders[ObjectIdentifier([JSONKey: Value]?.self)] = DirectCoder([JSONKey: Value]?.self)
        }
        func add<each Value: JSONDirect>(all types: repeat (each Value).Type) { repeat add(each types) }
        add(all: Bool.self, String.self, JSONValue.self, Double.self, Float.self)
        add(all: Int.self, Int8.self, Int16.self, Int32.self, Int64.self)
        add(all: UInt.self, UInt8.self, UInt16.self, UInt32.self, UInt64.self)
        add(all: Date.self, UUID.self, Decimal.self, Data.self, URL.self)
        return coders
    }()
}

extension JSONWriter {
    /// Writes a value of one of the types that ``JSONDirect`` covers.
    ///
    /// - Returns: whether the type is one of these; if not, nothing is written.
    @inline(__always)
    mutating func direct<Value>(_ value: Value) throws -> Bool {
        // The four most common types by one comparison each. The types are equal, so each bit cast is the identity.
        if Value.self == Int.self {
            int(unsafeBitCast(value, to: Int.self))
        } else if Value.self == String.self {
            string(unsafeBitCast(value, to: String.self))
        } else if Value.self == Bool.self {
            bool(unsafeBitCast(value, to: Bool.self))
        } else if Value.self == Double.self {
            double(unsafeBitCast(value, to: Double.self))
        } else if let coder = DirectCoder.coder(of: Value.self) {
            try withUnsafePointer(to: value) { try coder.write(UnsafeRawPointer($0), &self) }
        } else {
            return false
        }
        return true
    }
}

extension JSONScanner {
    /// Reads a value of the coder's type, which must be `Value`.
    mutating func read<Value>(_ type: Value.Type, by coder: DirectCoder) throws(JSONError) -> Value {
        var failure: JSONError?
        let value = withUnsafeTemporaryAllocation(
            byteCount: MemoryLayout<Value>.size, alignment: MemoryLayout<Value>.alignment
        ) { memory -> Value? in
            guard let place = memory.baseAddress else { preconditionFailure("borrowed memory has an address") }
            do throws(JSONError) { try coder.read(&self, place) } catch {
                failure = error
                return nil
            }
            return place.assumingMemoryBound(to: Value.self).move()
        }
        if let value { return value }
        throw failure ?? syntax("expected a value")
    }
}
