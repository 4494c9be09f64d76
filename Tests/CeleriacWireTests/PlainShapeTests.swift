import CeleriacCore
import Foundation
import CeleriacWire
import TestKit
import Testing

@Suite("The shape that most messages have")
struct PlainShapeTests {
    private let codec = CeleryCodec()
    private let limits = MessageLimits()

    /// The same bytes, whichever way it is written.
    private func expectSame(_ envelope: Envelope, tag: String = "t~1", exchange: String = "", key: String = "q") {
        for priority in [0, 9] {
            let quick = KombuEnvelope.encode(
                envelope, deliveryTag: tag, exchange: exchange, routingKey: key, priority: priority)
            let general = KombuEnvelope.encodeAny(
                envelope, deliveryTag: tag, exchange: exchange, routingKey: key, priority: priority, now: nil)
            #expect(text(quick) == text(general))
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func envelope(
        _ arguments: EncodedArguments = .none, _ change: (inout Message) -> Void = { _ in }
    ) throws -> Envelope {
        var headers = MessageHeaders(id: "01a21899-efde-75b9-8971-86e293651216", task: "tasks.add")
        headers.rootID = headers.id
        headers.origin = "gen1@host"
        var message = Message(headers: headers, arguments: arguments)
        change(&message)
        return try codec.encode(message)
    }

    @Test("random calls are written byte for byte as the general way writes them", arguments: 0..<20)
    func writesTheSame(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for _ in 0..<100 {
            let arguments = EncodedArguments(
                args: (0..<Int.random(in: 0...3, using: &chance)).map { _ in chance.value() },
                kwargs: Bool.random(using: &chance) ? [:] : [JSONKey(chance.text()): chance.value()])
            let envelope = try envelope(arguments) { message in
                message.headers.id = TaskID(chance.text())
                message.headers.rootID = Bool.random(using: &chance) ? nil : TaskID(chance.text())
                message.headers.parentID = Bool.random(using: &chance) ? nil : TaskID(chance.text())
                message.headers.origin = Bool.random(using: &chance) ? nil : chance.text()
                message.headers.ignoreResult = [nil, true, false].randomElement(using: &chance) ?? nil
                message.headers.retries = Int.random(in: 0...1000, using: &chance)
                message.correlationID = Bool.random(using: &chance) ? nil : chance.text()
                message.replyTo = Bool.random(using: &chance) ? nil : chance.text()
                message.isPersistent = Bool.random(using: &chance)
            }
            expectSame(envelope, tag: chance.text(), exchange: chance.text(), key: chance.text())
        }
    }

    @Test("each header that is not every call's is written as the general way writes it")
    func leavesOthers() throws {
        let changes: [(inout MessageHeaders) -> Void] = [
            { $0.eta = .init(timeIntervalSince1970: 5) }, { $0.expires = .init(timeIntervalSince1970: 5) },
            { $0.timeLimit = .seconds(5) }, { $0.softTimeLimit = .seconds(5) }, { $0.group = "g" },
            { $0.groupIndex = 0 }, { $0.shadow = "s" }, { $0.extra = ["x": 1] }, { $0.extra = ["argsrepr": "…"] },
            { $0.compression = "gzip" },
            { $0.history = [FailedAttempt(attempt: 1, at: .init(timeIntervalSince1970: 5), type: "E", message: "m")] },
        ]
        for change in changes { expectSame(try envelope { change(&$0.headers) }) }
        expectSame(Envelope(headers: MessageHeaders(id: "i", task: "t"), body: Array("[[1],{},{}]".utf8)))
        expectSame(Envelope(headers: MessageHeaders(id: "i", task: "t"), body: Array("no JSON".utf8)))
    }

    @Test(
        "arguments are shown as the general way shows them",
        arguments: [
            [], [5], [5, 6], ["a"], ["a, b", 1.5], ["it's"], ["\""], ["é"], [nil], [true, 1], [[1]], [["k": 1]], [""],
            [-1, "\n"], [.string(String(repeating: "x", count: 3000))], [1e22], [.bigInteger("123456789012345678901")],
        ] as [[JSONValue]])
    func showsTheSame(args: [JSONValue]) throws {
        expectSame(try envelope(EncodedArguments(args: args, kwargs: ["k": .array(args)])))
        expectSame(try envelope(EncodedArguments(args: args)))
    }

    @Test("what is read is what the general way reads, also after any byte of it was changed", arguments: 0..<10)
    func readsTheSame(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let envelope = try envelope(EncodedArguments(args: [5, "two"])) { message in
            message.headers.ignoreResult = [nil, true, false].randomElement(using: &chance) ?? nil
            message.headers.parentID = Bool.random(using: &chance) ? nil : "parent"
            message.headers.retries = Int.random(in: 0...20, using: &chance)
            message.replyTo = Bool.random(using: &chance) ? nil : "somebody"
            message.priority = Bool.random(using: &chance) ? nil : .high
        }
        let raw = KombuEnvelope.encode(
            envelope, deliveryTag: "tag", exchange: "", routingKey: "celery", priority: Int(seed % 10))
        #expect(try KombuEnvelope.decode(raw, limits: limits) == KombuEnvelope.decodeAny(raw, limits: limits))
        for place in raw.indices {
            for byte in [0, 0x22, 0x30, 0x5C, 0x65, 0xC3, UInt8.random(in: 0...255, using: &chance)] {
                var changed = raw
                changed[place] = byte
                let quick = try? KombuEnvelope.decode(changed, limits: limits)
                let general = try? KombuEnvelope.decodeAny(changed, limits: limits)
                #expect(quick == general, "byte \(byte) at \(place)")
            }
        }
        for count in raw.indices {
            #expect((try? KombuEnvelope.decode(Array(raw.prefix(count)), limits: limits)) == nil)
        }
    }

    @Test("limits hold for messages of this shape, too")
    func keepsLimits() throws {
        let raw = KombuEnvelope.encode(
            try envelope(), deliveryTag: "tag", exchange: "", routingKey: "celery", priority: 0)
        for limits in [
            MessageLimits(bodyBytes: 10), MessageLimits(json: JSONLimits(keys: 5)),
            MessageLimits(json: JSONLimits(depth: 1)),
        ] {
            #expect(throws: CeleriacError.self) { try KombuEnvelope.decode(raw, limits: limits) }
        }
    }
}

/// Random values of the kinds that headers hold.
extension Chance {
    fileprivate mutating func text() -> String {
        let characters = ["a", "B", "7", "-", ".", " ", "é", "🎉", "\"", "\\", "'", "\n", "\u{1}", ","]
        let plain = Bool.random(using: &self) ? 6 : characters.count
        let count = Int.random(in: 0...40, using: &self)
        return (0..<count).map { _ in characters[Int.random(in: 0..<plain, using: &self)] }.joined()
    }

    fileprivate mutating func value() -> JSONValue {
        switch Int.random(in: 0..<7, using: &self) {
        case 0: .integer(.random(in: -1000...1000, using: &self))
        case 1: .double(.random(in: -1...1, using: &self))
        case 2: .bool(true)
        case 3: nil
        case 4: .array([value()])
        default: .string(text())
        }
    }
}
