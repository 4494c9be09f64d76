import NIOCore
import RESPClient
import Testing

@Suite("the parser", .timeLimit(.minutes(15)))
struct ParserTests {
    @Test("every kind of answer is read", arguments: Corpus.all.indices)
    func reads(index: Int) throws {
        var parser = RESPParser()
        #expect(try parser.items(of: Corpus.all[index].bytes.utf8) == [Corpus.all[index].item])
    }

    @Test("where the bytes are cut makes no difference")
    func everySplit() throws {
        let bytes = Corpus.all.flatMap { Array($0.bytes.utf8) }
        let items = Corpus.all.map(\.item)
        for cut in 0...bytes.count {
            var parser = RESPParser()
            let first = try parser.items(of: bytes[..<cut])
            #expect(try first + parser.items(of: bytes[cut...]) == items, "cut at \(cut)")
        }
    }

    @Test("bytes may come one by one, or a few at a time", arguments: [1, 2, 3, 7, 64])
    func slices(of size: Int) throws {
        let bytes = Corpus.all.flatMap { Array($0.bytes.utf8) }
        var parser = RESPParser()
        var items: [RESPParser.Item] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            items += try parser.items(of: bytes[start..<min(start + size, bytes.count)])
        }
        #expect(items == Corpus.all.map(\.item))
    }

    @Test("a large answer in small slices is read once, not again for each slice")
    func largeAnswer() throws {
        var parser = RESPParser()
        var elements = 0
        #expect(try parser.items(of: "*100001\r\n".utf8) == [])
        // Each slice ends in the midst of an element; were it read from its start again, this would take hours.
        for _ in 0..<100_000 {
            #expect(try parser.items(of: "$3\r\nabc\r\n".utf8.dropLast(elements % 2)) == [])
            if elements % 2 == 1 { #expect(try parser.items(of: [10]) == []) }
            elements += 1
        }
        let items = try parser.items(of: "+end\r\n".utf8)
        guard case .reply(let answer)? = items.first else { throw RESPViolation.unasked }
        #expect(answer.elements?.count == 100_001)
    }

    @Test(
        "what is no RESP is a violation",
        arguments: [
            ("x\r\n", RESPViolation.unknownType(120)), ("\u{15}\u{3}\r\n", .unknownType(0x15)),
            ("+OK\n", .malformedLine), ("\n", .malformedLine), ("\r\n", .malformedLine),
            (":\r\n", .malformedValue(type: 58)), (":-\r\n", .malformedValue(type: 58)),
            (":1a\r\n", .malformedValue(type: 58)),
            (":9223372036854775808\r\n", .malformedValue(type: 58)),
            (":99999999999999999999\r\n", .malformedValue(type: 58)),
            ("$-2\r\n", .malformedValue(type: 36)), ("$1x\r\n", .malformedValue(type: 36)),
            ("$1\r\nabc", .missingTerminator),
            ("*-2\r\n", .malformedValue(type: 42)), ("%-1\r\n", .malformedValue(type: 37)),
            ("_x\r\n", .malformedValue(type: 95)),
            ("#y\r\n", .malformedValue(type: 35)), (",1.2.3\r\n", .malformedValue(type: 44)),
            ("(12a\r\n", .malformedValue(type: 40)),
            ("=3\r\ntxt\r\n", .malformedValue(type: 61)), ("*1\r\n>1\r\n+x\r\n", .nestedPush),
            ("$?\r\n", .streamed), ("*?\r\n", .streamed), (";1\r\n", .streamed), (".\r\n", .streamed),
        ])
    func violates(bytes: String, violation: RESPViolation) {
        var parser = RESPParser()
        #expect(throws: violation) { try parser.items(of: bytes.utf8) }
        #expect(throws: violation, "it stays broken") { try parser.items(of: "+OK\r\n".utf8) }
    }

    @Test("what stands before a violation is still given")
    func beforeViolation() throws {
        var parser = RESPParser()
        parser.feed(ByteBuffer(string: "+OK\r\nx"))
        #expect(try parser.next() == .reply(.simple("OK")))
        parser.feed(ByteBuffer(string: "\r\n"))
        #expect(throws: RESPViolation.unknownType(120)) { try parser.next() }
    }

    @Test(
        "limits hold before anything is allocated",
        arguments: [
            "$1001\r\n", "*1000\r\n", "%1000\r\n", "*9223372036854775807\r\n", "%9223372036854775807\r\n",
            "$9223372036854775807\r\n", "*2\r\n$600\r\n" + String(repeating: "a", count: 600) + "\r\n$600\r\n",
        ])
    func tooLarge(bytes: String) {
        var parser = RESPParser(limits: .init(bytes: 1000))
        #expect(throws: RESPViolation.tooLarge(limit: 1000)) { try parser.items(of: bytes.utf8) }
    }

    @Test("the limit is of one answer, not of many")
    func manySmall() throws {
        var parser = RESPParser(limits: .init(bytes: 100))
        for _ in 0..<100 {
            #expect(try parser.items(of: "$50\r\n\(String(repeating: "a", count: 50))\r\n".utf8).count == 1)
        }
    }

    @Test("attributes count as well")
    func endlessAttributes() {
        var parser = RESPParser(limits: .init(bytes: 1000))
        #expect(throws: RESPViolation.tooLarge(limit: 1000)) {
            try parser.items(of: String(repeating: "|0\r\n", count: 500).utf8)
        }
    }

    @Test("nesting ends at the limit")
    func tooDeep() throws {
        var parser = RESPParser(limits: .init(depth: 4))
        #expect(try parser.items(of: "*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n".utf8).count == 1)
        #expect(throws: RESPViolation.tooDeep(limit: 4)) { try parser.items(of: "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n".utf8) }
    }

    @Test("a line without end is refused")
    func endlessLine() {
        var parser = RESPParser()
        #expect(throws: RESPViolation.malformedLine) {
            for _ in 0..<100 { _ = try parser.items(of: "+" + String(repeating: "a", count: 1000)).count }
        }
    }
}

extension RESPParser {
    fileprivate mutating func items(of text: String) throws(RESPViolation) -> [Item] { try items(of: text.utf8) }
}
