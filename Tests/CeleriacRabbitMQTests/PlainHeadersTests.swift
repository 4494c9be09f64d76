import Foundation
import NIOCore
import TestKit
import Testing

@testable import AMQPClient
@testable import CeleriacCore
@testable import CeleriacRabbitMQ
@testable import CeleriacWire

@Suite("the quick way of headers, and the general one")
struct PlainHeadersTests {
    private let limits = MessageLimits()

    private func encoded(_ table: AMQPTable) throws -> AMQPTable {
        var buffer = ByteBuffer()
        try buffer.write(table: table)
        return try buffer.encodedTable()
    }

    private func plainEnvelope(_ chance: inout Chance) -> Envelope {
        var headers = MessageHeaders(id: TaskID(chance.word()), task: TaskName(chance.word()))
        if chance.bool() { headers.retries = Int.random(in: 0...1_000_000_000, using: &chance) }
        if chance.bool() { headers.rootID = TaskID(chance.word()) }
        if chance.bool() { headers.parentID = TaskID(chance.word()) }
        if chance.bool() { headers.origin = chance.word() }
        if chance.bool() { headers.ignoreResult = chance.bool() }
        let args = JSONValue.array([chance.json(depth: 2)]).text
        return Envelope(headers: headers, body: Array("[\(args),{},null]".utf8))
    }

    @Test("both write the same bytes, and both read them")
    func sameBytes() throws {
        var chance = Chance()
        for _ in 0..<500 {
            let envelope = plainEnvelope(&chance)
            let quick = try #require(PlainHeaders.table(of: envelope))
            #expect(quick.encoded == (try encoded(TaskMessage.generalHeaders(of: envelope))).encoded)
            #expect(PlainHeaders.headers(in: quick, limits) == envelope.headers)
            #expect(try TaskMessage.generalHeaders(in: quick, limits) == envelope.headers)
        }
    }

    @Test("what the quick way does not write goes the general way")
    func others() throws {
        var envelope = Envelope(headers: MessageHeaders(id: "1", task: "t"), body: Array("[[],{},null]".utf8))
        #expect(PlainHeaders.table(of: envelope) != nil)
        envelope = envelope.with { $0.eta = Date(timeIntervalSince1970: 1) }
        #expect(PlainHeaders.table(of: envelope) == nil)
        var marks = DeliveryMarks()
        marks.renewal = "r"
        envelope = envelope.with { $0.eta = nil }
        let written = try TaskMessage.properties(of: envelope, marks: marks, now: Date())
        #expect(DeliveryMarks(of: written.headers).renewal == "r")
        envelope = envelope.with { $0.retries = 1 << 40 }
        #expect(PlainHeaders.table(of: envelope) == nil)
    }

    @Test("calls that Celery recorded are read the quick way, unless they have more than a plain call has")
    func recorded() throws {
        var quick = 0
        for message in RecordedMessage.calls where !message.isProtocol1 {
            let table = try encoded(try #require(message.properties.headers))
            guard let headers = PlainHeaders.headers(in: table, limits) else { continue }
            quick += 1
            #expect(try TaskMessage.generalHeaders(in: table, limits) == headers, "\(message)")
        }
        #expect(quick >= 10)
    }

    @Test("whatever the quick way reads, the general way reads alike; hostile values included")
    func hostile() throws {
        var chance = Chance()
        var quick = 0
        for _ in 0..<5000 {
            var table = try TaskMessage.generalHeaders(of: plainEnvelope(&chance))
            for _ in 0..<Int.random(in: 0...2, using: &chance) {
                let name = AMQPValue.headerNames.randomElement(using: &chance) ?? "own"
                table[name] = AMQPValue.hostile.randomElement(using: &chance)
            }
            if Int.random(in: 0..<10, using: &chance) == 0 {
                table = AMQPTable(Array(table).map { ($0.name, $0.value) } + [("id", "another"), ("lang", "py")])
            }
            guard let kept = try? encoded(table) else { continue }  // it is nested too deeply
            guard let headers = PlainHeaders.headers(in: kept, limits) else { continue }
            quick += 1
            #expect(try TaskMessage.generalHeaders(in: kept, limits) == headers, "\(table)")
        }
        #expect(quick > 1000)
    }

    @Test("a table that is decoded already, and limits that it may exceed, are left to the general way")
    func limited() throws {
        let envelope = Envelope(headers: MessageHeaders(id: "1", task: "t"), body: [])
        let table = try #require(PlainHeaders.table(of: envelope))
        #expect(PlainHeaders.headers(in: AMQPTable(entries: table.entries), limits) == nil)
        var narrow = limits
        narrow.json.keys = 10
        #expect(PlainHeaders.headers(in: table, narrow) == nil)
        narrow = limits
        narrow.json.depth = 1
        #expect(PlainHeaders.headers(in: table, narrow) == nil)
        var long = MessageHeaders(id: "1", task: "t")
        long.origin = String(repeating: "o", count: limits.shownHeaderBytes / 6)
        let large = try #require(PlainHeaders.table(of: Envelope(headers: long, body: [])))
        #expect(PlainHeaders.headers(in: large, limits) == nil)
    }
}
