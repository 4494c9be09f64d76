/// Python's pickles as data: reads all protocols, writes the latest, and never runs anything in them.
///
/// A pickle is a program for a small machine that may import and call anything. This implementation has only the
/// opcodes that build plain values. Of the importable names it knows those of `datetime`, `decimal`, `uuid` and the
/// built-in containers, and builds their values itself. All other names are refused. Source: CPython 3.11,
/// `pickletools`.
package enum Pickle {
    /// Reads a whole pickle of protocol 0 to 5.
    ///
    /// - Throws: ``PickleError``. Code `refused` names the opcode, and the name that it would have imported or called.
    package static func decode(_ bytes: [UInt8], limits: PickleLimits = PickleLimits()) throws(PickleError)
        -> PickleValue
    {
        guard bytes.count <= limits.bytes else {
            throw PickleError(.tooLarge, "\(bytes.count) bytes; at most \(limits.bytes) are read")
        }
        var reader = PickleReader(bytes, limits: limits)
        return try reader.run()
    }

    /// Writes a value in protocol 5, byte for byte as CPython writes a tree of distinct objects.
    ///
    /// Python writes a repeated object as a reference. Here every equal value is written in full, except the names of
    /// types and UTC.
    package static func encode(_ value: PickleValue) -> [UInt8] {
        var writer = PickleWriter()
        return writer.pickle(value)
    }
}
