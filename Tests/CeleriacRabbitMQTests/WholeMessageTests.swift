import CeleriacCore
import Foundation
import TestKit
import Testing

@testable import AMQPClient
@testable import CeleriacRabbitMQ

@Suite("Unreadable messages in the body of an envelope")
struct WholeMessageTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let limits = MessageLimits()

    private func restored(_ properties: AMQPProperties, _ body: [UInt8]) throws -> AMQPMessage? {
        let envelope = try WholeMessage.envelope(of: properties, body: body, "id", limits: limits)
        return try WholeMessage.message(in: envelope, to: "mail", now: now)
    }

    @Test("a message is restored as it was, whatever its properties, headers and body")
    func restores() throws {
        let headers: AMQPTable = [
            "task": .table(["name": "x"]), "id": .null, "bytes": .bytes([0xFF, 0]), "when": .timestamp(7),
            "price": .decimal(scale: 2, value: -105), "many": .array([1, true, 2.5, "é"]), "x-other": "kept",
        ]
        let full = AMQPProperties(
            contentType: "text/x", contentEncoding: "latin-1", headers: headers, deliveryMode: 1, priority: 200,
            correlationID: "c", replyTo: "r", messageID: "m", timestamp: 7, type: "t", appID: "a")
        for properties in [full, AMQPProperties(), AMQPProperties(headers: [:])] {
            for body in [[], Array("plain \u{0} \" text".utf8), [0xFF, 0x00, 0x80]] as [[UInt8]] {
                let expected = AMQPMessage(routingKey: "mail", properties: properties, body: body)
                #expect(try restored(properties, body) == expected)
            }
        }
    }

    @Test(
        "what was restored is restored to the same again, and deep headers are refused",
        arguments: 0..<20 as Range<UInt64>)
    func restoresAgain(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for _ in 0..<20 {
            do {
                let once = try #require(try restored(AMQPProperties(headers: chance.headers()), [1]))
                let twice = try #require(try restored(once.properties, once.body))
                // As text, since no NaN equals another.
                #expect("\(twice.properties)" == "\(once.properties)")
            } catch let error as CeleriacError {
                #expect(error.code == .tooLarge)
            }
        }
    }

    @Test("what concerns one copy is left out, as in every copy")
    func leavesOut() throws {
        let properties = AMQPProperties(
            headers: ["x-delivery-count": 3, "CC": ["other"], "kept": 1], expiration: "5", userID: "guest")
        let message = try restored(properties, [])
        #expect(message?.properties == AMQPProperties(headers: ["kept": 1]))
    }

    @Test("an envelope that holds a call is none of these, and a damaged one is refused")
    func others() throws {
        let call = Envelope(headers: MessageHeaders(id: "id", task: "t"), body: Array("{}".utf8))
        #expect(try WholeMessage.message(in: call, to: "mail", now: now) == nil)
        for text in ["", "[]", "{", #"{"headers":7}"#, #"{"body":"?","body_encoding":"base64"}"#] {
            let damaged = Envelope(
                headers: MessageHeaders(id: "id", task: "t"),
                properties: Envelope.Properties(contentType: WholeMessage.contentType), body: Array(text.utf8))
            let error = #expect(throws: CeleriacError.self) {
                try WholeMessage.message(in: damaged, to: "mail", now: now)
            }
            #expect(error?.code == .malformedMessage, "\(text)")
        }
    }

    @Test("a message beyond the limits is refused")
    func tooLarge() {
        let limits = MessageLimits(bodyBytes: 100)
        for body in [101, 90] {
            let error = #expect(throws: CeleriacError.self) {
                try WholeMessage.envelope(
                    of: AMQPProperties(), body: [UInt8](repeating: 1, count: body), "id", limits: limits)
            }
            #expect(error?.code == .tooLarge)
        }
    }
}
