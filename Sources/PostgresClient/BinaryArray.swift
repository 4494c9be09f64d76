/// Writes an array of one dimension in PostgreSQL's binary format (`array_send` in `arrayfuncs.c`): number of
/// dimensions, whether there are nulls, type of the elements, length, lower bound; then each element after its length.
struct BinaryArray: ~Copyable {
    /// Object identifiers of `pg_type.dat`, which never change.
    enum ElementType: UInt32 {
        case bool = 16
        case bytea = 17
        case int8 = 20
        case int2 = 21
        case int4 = 23
        case text = 25
        case float8 = 701
        case timestamptz = 1184
    }

    private static let headSize = 20
    private static let lengthSize = 4

    private let room: UnsafeMutableRawBufferPointer
    private var end = 0

    private init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

    /// - Parameters:
    ///   - size: the bytes of all elements, without their lengths, or more.
    ///   - write: appends the elements.
    static func bytes(
        of type: ElementType, count: Int, hasNull: Bool, size: Int, _ write: (inout BinaryArray) -> Void
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: headSize + count * lengthSize + size) { buffer, initializedCount in
            var array = BinaryArray(UnsafeMutableRawBufferPointer(buffer))
            array.append(count == 0 ? 0 : 1 as Int32)
            array.append(hasNull ? 1 : 0 as Int32)
            array.append(type.rawValue)
            if count > 0 {
                array.append(Int32(clamping: count))
                array.append(1 as Int32)
                write(&array)
            }
            initializedCount = array.end
        }
    }

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        room.storeBytes(of: number.bigEndian, toByteOffset: end, as: Number.self)
        end += MemoryLayout<Number>.size
    }

    mutating func append(_ bytes: some Collection<UInt8>) {
        UnsafeMutableRawBufferPointer(rebasing: room[end...]).copyBytes(from: bytes)
        end += bytes.count
    }

    mutating func appendNull() { append(-1 as Int32) }
}
