public import Foundation

/// A row. Columns are counted from 0.
///
/// All readers throw kind `malformedAnswer` if there is no such column, if its value has another width than the type,
/// or, but for the optional ones, if it is null.
public struct PostgresRow: Sendable {
    private let result: QueryResult
    private let index: Int

    init(_ result: QueryResult, _ index: Int) {
        self.result = result
        self.index = index
    }

    /// The number of columns.
    public var count: Int { result.columnCount }

    /// Whether the column is null, or does not exist.
    public func isNull(_ column: Int) -> Bool {
        guard column >= 0, column < count else { return true }
        return result.value(row: index, column: column) == nil
    }

    /// Reads an `int2`, `int4` or `int8`.
    public func int(_ column: Int) throws(PostgresError) -> Int64 { try need(optionalInt(column), column) }

    public func optionalInt(_ column: Int) throws(PostgresError) -> Int64? {
        try read(column) { bytes in
            switch bytes.count {
            case 2: Int64(bytes.number(as: Int16.self))
            case 4: Int64(bytes.number(as: Int32.self))
            case 8: bytes.number(as: Int64.self)
            default: nil
            }
        }
    }

    /// Reads a `bool`.
    public func bool(_ column: Int) throws(PostgresError) -> Bool { try need(optionalBool(column), column) }

    public func optionalBool(_ column: Int) throws(PostgresError) -> Bool? {
        try read(column) { $0.count == 1 ? $0[0] != 0 : nil }
    }

    /// Reads a `float4` or `float8`.
    public func double(_ column: Int) throws(PostgresError) -> Double { try need(optionalDouble(column), column) }

    public func optionalDouble(_ column: Int) throws(PostgresError) -> Double? {
        try read(column) { bytes in
            switch bytes.count {
            case 4: Double(Float(bitPattern: bytes.number(as: UInt32.self)))
            case 8: Double(bitPattern: bytes.number(as: UInt64.self))
            default: nil
            }
        }
    }

    /// Reads a `text`, or another type whose binary format is its text: `varchar`, `name`, `json`, an enum.
    public func text(_ column: Int) throws(PostgresError) -> String { try need(optionalText(column), column) }

    public func optionalText(_ column: Int) throws(PostgresError) -> String? {
        try read(column) { String(validating: $0, as: UTF8.self) }
    }

    /// Reads the bytes of any type; of a `bytea`, its content.
    public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] { try need(optionalBytes(column), column) }

    public func optionalBytes(_ column: Int) throws(PostgresError) -> [UInt8]? {
        try read(column) { [UInt8]($0) }
    }

    /// Reads a `timestamptz`. Infinity is read as the distant future or past.
    public func date(_ column: Int) throws(PostgresError) -> Date { try need(optionalDate(column), column) }

    public func optionalDate(_ column: Int) throws(PostgresError) -> Date? {
        try read(column) { bytes in
            bytes.count == 8 ? PostgresMoment(microseconds: bytes.number(as: Int64.self)).date : nil
        }
    }

    /// - Parameter parse: returns `nil` if the bytes do not fit.
    private func read<Value>(
        _ column: Int, _ parse: (UnsafeRawBufferPointer) -> Value?
    ) throws(PostgresError) -> Value? {
        guard column >= 0, column < count else {
            throw PostgresError(.malformedAnswer, "there is no column \(column) among \(count)")
        }
        return try withExtendedLifetime(result) { () throws(PostgresError) in
            guard let bytes = result.value(row: index, column: column) else { return nil }
            guard let value = parse(bytes) else {
                throw PostgresError(
                    .malformedAnswer, "the \(bytes.count) bytes of column \(column) are no \(Value.self)")
            }
            return value
        }
    }

    private func need<Value>(_ value: Value?, _ column: Int) throws(PostgresError) -> Value {
        guard let value else { throw PostgresError(.malformedAnswer, "column \(column) is null") }
        return value
    }
}

extension UnsafeRawBufferPointer {
    /// Reads a number in network order. The count must fit.
    fileprivate func number<Number: FixedWidthInteger>(as type: Number.Type) -> Number {
        Number(bigEndian: loadUnaligned(as: type))
    }
}
