import NIOCore
import TestKit
import Testing

@testable import AMQPClient

@Suite("tables that are kept as they came")
struct EncodedTableTests {
    private func encoded(_ table: AMQPTable) throws -> AMQPTable {
        var buffer = ByteBuffer()
        try buffer.write(table: table)
        return try buffer.encodedTable()
    }

    @Test("a kept table has the entries, the values and the bytes of the table that was written")
    func sameTable() throws {
        var chance = Chance()
        for _ in 0..<500 {
            let table = AMQPTable.random(&chance)
            let kept = try encoded(table)
            #expect(kept.encoded != nil)
            #expect(kept == table && table == kept && kept.hashValue == table.hashValue && kept == kept)
            #expect(kept.count == table.count && Array(kept) == Array(table) && kept.indices == table.indices)
            for entry in table { #expect(kept[entry.name] == table[entry.name]) }
            #expect(kept["no such name"] == nil)
            var (first, second) = (ByteBuffer(), ByteBuffer())
            try first.write(table: table)
            try second.write(table: kept)
            #expect(first == second)
        }
    }

    @Test("a kept table can be changed, and of a name that came twice the last value counts")
    func changes() throws {
        var table = try encoded(AMQPTable([("a", 1), ("b", "x"), ("a", 2)]))
        #expect(table["a"] == 2)
        table["b"] = nil
        table["c"] = true
        #expect(table == AMQPTable([("a", 1), ("a", 2), ("c", true)]))
        #expect(table.encoded == nil)
    }

    @Test("of a kept table inside another one, the depth is checked when it is written")
    func nested() throws {
        let kept = try encoded(["x": ["y": ["z": 1]]])
        let outer = (0..<28).reduce(kept) { inner, _ in ["x": .table(inner)] }
        var buffer = ByteBuffer()
        try buffer.write(table: outer)
        #expect(throws: AMQPViolation.tooDeep(limit: 32)) {
            var buffer = ByteBuffer()
            try buffer.write(table: ["x": .table(["x": .table(outer)])])
        }
    }

    @Test("bytes that are cut or changed are refused for the same reason as by the reader of values")
    func violations() throws {
        var chance = Chance()
        var refused = 0
        for _ in 0..<2000 {
            var buffer = ByteBuffer()
            try buffer.write(table: .random(&chance))
            var bytes = Array(buffer.readableBytesView)
            for _ in 0..<Int.random(in: 1...3, using: &chance) {
                bytes[Int.random(in: 0..<bytes.count, using: &chance)] = chance.number()
            }
            if chance.bool() { bytes.removeLast(Int.random(in: 0...bytes.count, using: &chance)) }
            let expected = Self.violation(bytes) { try $0.table() }
            let found = Self.violation(bytes) { try $0.encodedTable() }
            #expect(expected?.word == found?.word)
            if found != nil { refused += 1 }
        }
        #expect(refused > 500)
    }

    private static func violation(_ bytes: [UInt8], _ read: (inout ByteBuffer) throws -> AMQPTable) -> AMQPViolation? {
        var buffer = ByteBuffer(bytes: bytes)
        do { _ = try read(&buffer) } catch { return error as? AMQPViolation }
        return nil
    }
}

extension AMQPViolation {
    /// The kind, without the part that was being read.
    fileprivate var word: String { if case .truncated = self { "truncated" } else { "\(self)" } }
}
