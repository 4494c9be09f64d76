import CeleriacCore

/// Writes protocol 5 as CPython's own pickler does: smallest opcodes, batches of a thousand, frames of 64 KiB, and a
/// memo entry for each object that Python would remember.
struct PickleWriter {
    var frames = PickleFrames()
    private(set) var memoCount = 0
    /// The memo entries of names and objects that exist only once in Python; repeated uses refer to them.
    private var places: [String: Int] = [:]

    mutating func pickle(_ value: PickleValue) -> [UInt8] {
        write(value)
        put(.stop)
        return frames.finish()
    }

    mutating func write(_ value: PickleValue) {
        frames.boundary()
        switch value {
        case .none: put(.none)
        case .bool(let value): put(value ? .newTrue : .newFalse)
        case .integer(let value): integer(value)
        case .bigInteger(let digits): bigInteger(digits)
        case .double(let value): put(.binFloat, bigEndian(value.bitPattern))
        case .string(let text): string(Array(text.utf8))
        case .illFormedString(let text): string(text.bytes)
        case .bytes(let bytes): binary(bytes)
        case .list(let elements): list(elements)
        case .tuple(let elements): tuple(elements)
        case .dictionary(let entries): dictionary(entries)
        case .set(let elements): set(elements)
        case .frozenSet(let elements): frozenSet(elements)
        case .datetime(let date, let time): datetime(date, time)
        case .date(let date):
            reduce(.date) {
                $0.binary(date.pickled); $0.remembered(.tuple1)
            }
        case .time(let time): reduce(.time) { $0.zoned(time.pickled, time.offset) }
        case .timedelta(let delta): timedelta(delta)
        case .timezone(let offset): timezone(offset)
        case .decimal(let text):
            reduce(.decimal) {
                $0.string(text); $0.remembered(.tuple1)
            }
        case .uuid(let digits): uuid(digits)
        }
    }

    // MARK: Opcodes

    mutating func put(_ opcode: PickleOpcode, _ argument: [UInt8] = []) {
        frames.append([opcode.rawValue] + argument)
    }

    /// Writes an opcode that makes an object, and adds the object to the memo.
    mutating func remembered(_ opcode: PickleOpcode, _ argument: [UInt8] = []) {
        put(opcode, argument)
        memoize()
    }

    mutating func memoize() {
        put(.memoize)
        memoCount += 1
    }

    /// Writes a reference if the object is in the memo, else the object.
    mutating func once(_ key: String, _ write: (inout PickleWriter) -> Void) {
        guard let place = places[key] else {
            write(&self)
            places[key] = memoCount - 1
            return
        }
        if place < 256 {
            put(.binGet, [UInt8(place)])
        } else {
            put(.longBinGet, littleEndian(place, width: 4))
        }
    }

    // MARK: Scalars

    mutating func integer(_ value: Int64) {
        switch value {
        case 0...0xFF: put(.binInt1, [UInt8(value)])
        case 0x100...0xFFFF: put(.binInt2, littleEndian(Int(value), width: 2))
        case Int64(Int32.min)...Int64(Int32.max): put(.binInt, littleEndian(Int(value), width: 4))
        default: bigInteger(String(value))
        }
    }

    /// Writes an integer. A value that is not an integer, built by hand, is written as text.
    mutating func bigInteger(_ digits: String) {
        guard BigDigits.isInteger(digits) else { return string(digits) }
        let bytes = BigDigits.twosComplement(of: digits)
        if bytes.count < 256 {
            put(.long1, [UInt8(bytes.count)] + bytes)
        } else {
            put(.long4, littleEndian(bytes.count, width: 4) + bytes)
        }
    }

    mutating func string(_ text: String) { string(Array(text.utf8)) }

    /// - Parameter bytes: UTF-8, in which Python writes surrogates like other characters.
    private mutating func string(_ bytes: [UInt8]) {
        frames.append(header(of: bytes.count, .shortBinUnicode, .binUnicode, .binUnicode8), then: bytes)
        memoize()
    }

    mutating func binary(_ bytes: [UInt8]) {
        frames.append(header(of: bytes.count, .shortBinBytes, .binBytes, .binBytes8), then: bytes)
        memoize()
    }

    func header(
        of count: Int, _ short: PickleOpcode, _ usual: PickleOpcode, _ long: PickleOpcode
    ) -> [UInt8] {
        if count < 256 { return [short.rawValue, UInt8(count)] }
        if count <= Int(UInt32.max) { return [usual.rawValue] + littleEndian(count, width: 4) }
        return [long.rawValue] + littleEndian(count, width: 8)
    }

    // MARK: Numbers in bytes

    func littleEndian(_ value: Int, width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    func bigEndian(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) } }
}
