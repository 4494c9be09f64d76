public import Foundation

/// Arrays of one dimension. An element of `nil` is SQL's null.
extension PostgresValue {
    /// For `int8[]`.
    public static func ints(_ values: [Int64]) -> PostgresValue { numbers(values, .int8) { $0 } }
    public static func ints(_ values: [Int64?]) -> PostgresValue { numbers(values, .int8) { $0 } }
    /// For `int4[]`.
    public static func int4s(_ values: [Int32]) -> PostgresValue { numbers(values, .int4) { $0 } }
    public static func int4s(_ values: [Int32?]) -> PostgresValue { numbers(values, .int4) { $0 } }
    /// For `int2[]`.
    public static func int2s(_ values: [Int16]) -> PostgresValue { numbers(values, .int2) { $0 } }
    public static func int2s(_ values: [Int16?]) -> PostgresValue { numbers(values, .int2) { $0 } }
    /// For `bool[]`.
    public static func bools(_ values: [Bool]) -> PostgresValue { numbers(values, .bool) { $0 ? 1 as UInt8 : 0 } }
    public static func bools(_ values: [Bool?]) -> PostgresValue {
        numbers(values, .bool) { $0.map { $0 ? 1 as UInt8 : 0 } }
    }
    /// For `float8[]`.
    public static func doubles(_ values: [Double]) -> PostgresValue { numbers(values, .float8) { $0.bitPattern } }
    public static func doubles(_ values: [Double?]) -> PostgresValue { numbers(values, .float8) { $0?.bitPattern } }
    /// For `timestamptz[]`: rounded to microseconds, clamped to PostgreSQL's range.
    public static func dates(_ values: [Date]) -> PostgresValue {
        numbers(values, .timestamptz) { PostgresMoment($0).microseconds }
    }
    public static func dates(_ values: [Date?]) -> PostgresValue {
        numbers(values, .timestamptz) { $0.map { PostgresMoment($0).microseconds } }
    }
    /// For `text[]`.
    public static func texts(_ values: [String]) -> PostgresValue { strings(values, .text) { $0.utf8 } }
    public static func texts(_ values: [String?]) -> PostgresValue { strings(values, .text) { $0?.utf8 } }
    /// For `bytea[]`.
    public static func byteArrays(_ values: [[UInt8]]) -> PostgresValue { strings(values, .bytea) { $0 } }
    public static func byteArrays(_ values: [[UInt8]?]) -> PostgresValue { strings(values, .bytea) { $0 } }

    private static func numbers<Element, Number: FixedWidthInteger>(
        _ elements: [Element], _ type: BinaryArray.ElementType, _ number: (Element) -> Number?
    ) -> PostgresValue {
        let hasNull = elements.contains { number($0) == nil }
        let size = MemoryLayout<Number>.size
        let bytes = BinaryArray.bytes(
            of: type, count: elements.count, hasNull: hasNull, size: elements.count * size
        ) { array in
            for element in elements {
                guard let number = number(element) else {
                    array.appendNull()
                    continue
                }
                array.append(Int32(size))
                array.append(number)
            }
        }
        return PostgresValue(.bytes(bytes))
    }

    private static func strings<Element, Bytes: Collection<UInt8>>(
        _ elements: [Element], _ type: BinaryArray.ElementType, _ bytes: (Element) -> Bytes?
    ) -> PostgresValue {
        let hasNull = elements.contains { bytes($0) == nil }
        let size = elements.reduce(0) { $0 + (bytes($1)?.count ?? 0) }
        let array = BinaryArray.bytes(of: type, count: elements.count, hasNull: hasNull, size: size) { array in
            for element in elements {
                guard let bytes = bytes(element) else {
                    array.appendNull()
                    continue
                }
                array.append(Int32(clamping: bytes.count))
                array.append(bytes)
            }
        }
        return PostgresValue(.bytes(array))
    }
}
