/// Python's pickles as data: read in all protocols, written in the latest, and nothing in them is ever run.
///
/// A pickle is a program for a small machine that may import and call anything. Of that machine only those opcodes are
/// here that build plain values; of the names it can import, those of `datetime`, `decimal`, `uuid` and the built-in
/// containers, whose values are built by us. All others are refused by name. Source: CPython 3.11, `pickletools`.
package enum Pickle {
    /// Reads a whole pickle of protocol 0 to 5.
    ///
    /// - Throws: ``PickleError``. Code `refused` names the opcode, and what it would have imported or called.
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
    /// Python writes an object that it meets again as a reference. Here equal values are written each in full, but for the
    /// names of types and for UTC.
    package static func encode(_ value: PickleValue) -> [UInt8] {
        var writer = PickleWriter()
        return writer.pickle(value)
    }
}
