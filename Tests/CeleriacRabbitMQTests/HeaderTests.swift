import Foundation
import TestKit
import Testing

@testable import AMQPClient
@testable import CeleriacCore
@testable import CeleriacRabbitMQ
@testable import CeleriacWire

@Suite("headers over AMQP")
struct HeaderTests {
    private let limits = MessageLimits()

    private func envelope(_ headers: AMQPTable?, body: [UInt8] = [], _ limits: MessageLimits? = nil) throws -> Envelope
    {
        try TaskMessage.envelope(
            of: AMQPProperties(headers: headers), body: body, exchange: "", routingKey: "q",
            limits: limits ?? self.limits)
    }

    @Test("random headers of callers come back as they were sent")
    func roundTrip() throws {
        var chance = Chance()
        for _ in 0..<500 {
            var headers = MessageHeaders(id: TaskID(chance.word()), task: TaskName(chance.word()))
            headers.retries = Int.random(in: 0...1000, using: &chance)
            if chance.bool() {
                headers.eta = Date(timeIntervalSince1970: Double(Int.random(in: 0...4_000_000_000, using: &chance)))
            }
            if chance.bool() { headers.timeLimit = .seconds(Int.random(in: 0...1000, using: &chance)) }
            if chance.bool() { headers.group = chance.word() }
            for _ in 0..<Int.random(in: 0...6, using: &chance) {
                headers.extra["own-" + chance.word()] = chance.json(depth: 3)
            }
            let sent = Envelope(headers: headers, body: Array("[[],{},null]".utf8))
            let properties = try TaskMessage.properties(of: sent, now: Date())
            let received = try TaskMessage.envelope(
                of: properties, body: sent.body, exchange: "", routingKey: "q", limits: limits)
            #expect(received == sent)
        }
    }

    @Test("values that only AMQP has come back with their type")
    func foreignTypes() throws {
        let values: [AMQPValue] = [
            .timestamp(0), .timestamp(1_795_336_080), .bytes([]), .bytes([0xFF, 0]), .bytes(Array("text".utf8)),
            .decimal(scale: 2, value: -5), .decimal(scale: 0, value: 7), .decimal(scale: 255, value: .min),
            .double(-0.0), .double(1e300), .double(.infinity), .integer(.min), .integer(.max), .array([]), .table([:]),
            .array([.table(["x": .array([.null, .boolean(false), .timestamp(1)])])]),
            // A file name that Python read as text with a lone surrogate.
            .malformedString([0x63, 0xED, 0xB3, 0xA9]),
        ]
        for value in values {
            let envelope = try envelope(["task": "t", "id": "1", "own": value])
            #expect(try TaskMessage.properties(of: envelope, now: Date()).headers?["own"] == value)
        }
    }

    @Test("a text that is not UTF-8 becomes bytes, as in py-amqp, and is refused as an id")
    func malformedText() throws {
        let bytes: [UInt8] = [0x63, 0xE9]
        let envelope = try envelope(["task": "t", "id": "1", "own": .malformedString(bytes)])
        #expect(try TaskMessage.properties(of: envelope, now: Date()).headers?["own"] == .bytes(bytes))
        expectRefusal(.malformedMessage) { try self.envelope(["task": "t", "id": .malformedString(bytes)]) }
    }

    @Test("what is missing is named in the words of the Redis broker")
    func missing() {
        expectRefusal(.malformedMessage, "refused message: it has no headers") {
            try envelope(nil, body: [0x5B, 0x5D])
        }
        expectRefusal(.malformedMessage, "refused message: it has no task") {
            try envelope(["id": "1"], body: [0x5B, 0x5D])
        }
        expectRefusal(.malformedMessage, "refused message: it has no id") { try envelope(["task": "t"]) }
    }

    @Test("sizes and nesting are bounded")
    func limitsHold() throws {
        let call: AMQPTable = ["task": "t", "id": "1"]
        expectRefusal(.tooLarge) { try envelope(call, body: [UInt8](repeating: 0x20, count: limits.bodyBytes + 1)) }
        var large = call
        large["own"] = .string(String(repeating: "x", count: limits.shownHeaderBytes))
        expectRefusal(.tooLarge) { try envelope(large) }
        for depth in [limits.json.depth - 1, limits.json.depth, 5000] {
            var deep = call
            deep["own"] = (0..<depth).reduce(AMQPValue.null) { value, _ in .array([value]) }
            if depth < limits.json.depth {
                _ = try envelope(deep)
            } else {
                expectRefusal(.tooLarge) { try envelope(deep) }
            }
        }
        var many = call
        many["own"] = .table(AMQPTable((0...limits.json.keys).map { ("\($0)", .null) }))
        expectRefusal(.tooLarge) { try envelope(many, MessageLimits(headerBytes: 1 << 24)) }
    }

    @Test("reserved headers are neither read nor sent")
    func reserved() throws {
        let names = [
            "x-death", "x-first-death-queue", "x-last-death-reason", "x-delivery-count", "x-acquired-count", "CC",
            "BCC", "x-celeriac-reason", "x-celeriac-anything",
        ]
        var headers: AMQPTable = ["task": "t", "id": "1", "x-deathly": 1, "Cc": 2, "x-own": 3]
        for name in names { headers[name] = "text" }
        let read = try envelope(headers)
        #expect(read.extra == ["x-deathly": 1, "Cc": 2, "x-own": 3])
        let sent = read.with { headers in for name in names { headers.extra[name] = "text" } }
        let written = try #require(try TaskMessage.properties(of: sent, now: Date()).headers)
        #expect(names.allSatisfy { written[$0] == nil })
        #expect(written["x-own"] == 3)
    }

    @Test("any value in any header is read or refused with an error of ours")
    func hostileValues() throws {
        for name in AMQPValue.headerNames {
            for value in AMQPValue.hostile {
                var headers: AMQPTable = ["task": "t", "id": "1"]
                headers[name] = value
                try expectNoTrap(AMQPProperties(headers: headers))
            }
        }
    }

    @Test("any property and any mixture of headers is read or refused with an error of ours")
    func hostileMixtures() throws {
        var chance = Chance()
        for _ in 0..<2000 {
            var properties = AMQPProperties(
                contentType: chance.word(), contentEncoding: chance.word(), deliveryMode: chance.byte(),
                priority: chance.byte(), correlationID: chance.word(), replyTo: chance.word(),
                expiration: chance.word(), messageID: chance.word(), timestamp: chance.next(), type: chance.word(),
                userID: chance.word(), appID: chance.word())
            properties.headers = chance.headers()
            try expectNoTrap(properties)
        }
    }

    /// Does with a received message all that a store does.
    private func expectNoTrap(_ properties: AMQPProperties) throws {
        let (body, now) = (Array("{\"id\":5}".utf8), Date(timeIntervalSince1970: 1_800_000_000))
        _ = TaskMessage.taskID(of: properties, body: body)
        for isRedelivered in [false, true] {
            let count = DeliveryMarks.count(of: properties, isRedelivered: isRedelivered)
            #expect((1...Bounds.count.upperBound).contains(count.minimum))
        }
        let mark = DeathMark(of: properties.headers)
        #expect(mark.reason.utf8.count <= DeathMark.longestReason)
        let copy = MessageCopy(
            of: properties, body: body, marks: DeliveryMarks(of: properties.headers), now: now)
        #expect(copy.message(to: "q").body == body)
        #expect(DeathMark(of: copy.letter(mark, to: "q.dead").properties.headers).reason == mark.reason)
        do {
            let envelope = try TaskMessage.envelope(
                of: properties, body: body, exchange: "", routingKey: "q", limits: limits)
            _ = try TaskMessage.properties(of: envelope, now: now)
        } catch let error as CeleriacError {
            #expect([.malformedMessage, .tooLarge].contains(error.code), "\(error)")
        }
    }
}

/// Expects an error of ours with this code, and with this message if one is given.
func expectRefusal(_ code: CeleriacError.Code, _ message: String? = nil, _ body: () throws -> Envelope) {
    do {
        _ = try body()
        Issue.record("the message was read")
    } catch let error as CeleriacError {
        #expect(error.code == code, "\(error)")
        if let message { #expect(error.message == message) }
    } catch {
        Issue.record("another error: \(error)")
    }
}
