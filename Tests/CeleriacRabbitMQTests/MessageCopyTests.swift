import Foundation
import Testing

@testable import AMQPClient
@testable import CeleriacCore
@testable import CeleriacRabbitMQ

@Suite("copies of received messages")
struct MessageCopyTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    /// An undecodable message with every property.
    private var properties: AMQPProperties {
        var properties = AMQPProperties(
            contentType: "text/x", contentEncoding: "latin-1",
            headers: ["task": .table([:]), "own": .malformedString([0xFF]), "x-delivery-count": 3, "CC": ["other"]],
            deliveryMode: 1, priority: 200, correlationID: "c", replyTo: "r", expiration: "5", messageID: "m",
            timestamp: 7, type: "t", userID: "guest", appID: "a")
        properties.clusterID = "k"
        return properties
    }

    @Test("a copy has the same body, properties and headers, without the server's own")
    func copies() {
        let copy = MessageCopy(
            of: properties, body: [0xFF, 0], marks: DeliveryMarks(deliveries: 4), now: now
        ).message(to: "mail")
        var expected = properties
        expected.headers = ["task": .table([:]), "own": .malformedString([0xFF]), "x-celeriac-deliveries": 4]
        expected.expiration = nil
        expected.userID = nil
        #expect(copy == AMQPMessage(routingKey: "mail", properties: expected, body: [0xFF, 0]))
    }

    @Test("a copy without marks has none, even if the message had some")
    func forgetsMarks() {
        let properties = AMQPProperties(headers: ["x-celeriac-deliveries": 9, "x-celeriac-reason": "why"])
        #expect(MessageCopy(of: properties, body: [], now: now).message(to: "q").properties.headers == [:])
    }

    @Test("the expiration of a copy is counted from the header expires")
    func expiration() {
        func expiration(_ expires: AMQPValue) -> String? {
            let properties = AMQPProperties(headers: ["expires": expires], expiration: "60000")
            return MessageCopy(of: properties, body: [], now: now).message(to: "q").properties.expiration
        }
        #expect(expiration(.string(ISODate.text(now + 20))) == "20000")
        #expect(expiration(.string(ISODate.text(now - 1))) == nil)
        #expect(expiration(.string(ISODate.text(now + 86_400 * 50))) == nil)
        #expect(expiration("soon") == nil)
        #expect(expiration(.integer(5)) == nil)
        #expect(expiration(.null) == nil)
    }

    @Test("a delayed copy goes through the levels, and nothing ends its delay early")
    func delays() {
        let properties = AMQPProperties(headers: ["expires": .string(ISODate.text(now + 20))])
        let copy = MessageCopy(of: properties, body: [1], now: now)
        let delayed = copy.message(to: "mail", after: .milliseconds(4001))
        #expect(delayed.exchange == "celery_delayed_27")
        #expect(delayed.routingKey == DelayLevels.routingKey(of: "mail", after: .seconds(5)))
        #expect(delayed.properties.expiration == nil)
        #expect(copy.message(to: "mail", after: .zero) == copy.message(to: "mail"))
        #expect(copy.message(to: "mail", after: .seconds(-1)) == copy.message(to: "mail"))
    }

    @Test("a dead letter tells why, where and when, and never expires")
    func letters() {
        let mark = DeathMark(reason: "no such task", queue: "mail", diedAt: now)
        var properties = properties
        properties.headers?["expires"] = .string(ISODate.text(now + 20))
        let letter = MessageCopy(of: properties, body: [1], now: now).letter(mark, to: "mail.dead")
        #expect(letter.routingKey == "mail.dead")
        #expect(letter.exchange == "")
        #expect(letter.properties.expiration == nil)
        #expect(letter.properties.deliveryMode == 2)
        #expect(DeathMark(of: letter.properties.headers) == mark)
        let again = MessageCopy(of: letter.properties, body: letter.body, now: now).message(to: "mail")
        #expect(again.properties.headers?["x-celeriac-reason"] == nil)
    }
}

@Suite("marks in the headers")
struct MarkTests {
    @Test("deliveries are counted over all copies of a message")
    func deliveryCounts() {
        func count(_ headers: AMQPTable?, _ isRedelivered: Bool) -> DeliveryCount {
            DeliveryMarks.count(of: AMQPProperties(headers: headers), isRedelivered: isRedelivered)
        }
        #expect(count(nil, false) == .exact(1))
        #expect(count(nil, true) == .atLeast(2))
        #expect(count(["x-delivery-count": 2], true) == .exact(3))
        #expect(count(["x-delivery-count": 0], false) == .exact(1))
        #expect(count(["x-celeriac-deliveries": 4], false) == .exact(5))
        #expect(count(["x-celeriac-deliveries": 4], true) == .atLeast(6))
        #expect(count(["x-celeriac-deliveries": 4, "x-delivery-count": 2], true) == .exact(7))
        #expect(count(["x-celeriac-deliveries": -4], false) == .exact(1))
        #expect(count(["x-celeriac-deliveries": "4"], false) == .exact(1))
        let most = Bounds.count.upperBound
        #expect(
            count(["x-celeriac-deliveries": .integer(.max), "x-delivery-count": .integer(.max)], true) == .exact(most))
    }

    @Test("no deliveries are not written")
    func zero() {
        var headers: AMQPTable = [:]
        DeliveryMarks(deliveries: 0).write(into: &headers)
        DeliveryMarks(deliveries: -1).write(into: &headers)
        #expect(headers == [:])
        DeliveryMarks(deliveries: 2).write(into: &headers)
        #expect(headers == ["x-celeriac-deliveries": 2])
        #expect(DeliveryMarks(of: headers).deliveries == 2)
    }

    @Test("a long reason is cut between two characters")
    func longReason() {
        for lead in 0..<5 {
            let reason = String(repeating: "a", count: lead) + String(repeating: "👩‍🚒", count: 1000)
            let mark = DeathMark(reason: reason, queue: "q", diedAt: Date())
            #expect(mark.reason.utf8.count <= DeathMark.longestReason)
            #expect(mark.reason.utf8.count > DeathMark.longestReason - 12)
            #expect(reason.hasPrefix(mark.reason))
        }
    }

    @Test("the server's own dead letters tell their reason in x-death")
    func serverDeaths() {
        let deaths: AMQPTable = [
            "x-death": [
                .table(["reason": "delivery_limit", "queue": "mail", "time": .timestamp(1_795_336_080), "count": 1]),
                .table(["reason": "expired", "queue": "celery_delayed_2"]),
            ], "x-first-death-reason": "expired", "x-first-death-queue": "celery_delayed_2",
        ]
        let mark = DeathMark(of: deaths)
        #expect(mark.reason == "delivery_limit")
        #expect(mark.queue == "mail")
        #expect(mark.diedAt == Date(timeIntervalSince1970: 1_795_336_080))
        let first = DeathMark(of: ["x-first-death-reason": "rejected", "x-first-death-queue": "q"])
        #expect(first.reason == "rejected")
        #expect(first.queue == "q")
        #expect(first.diedAt == nil)
        #expect(DeathMark(of: nil).reason.hasPrefix("unknown"))
    }
}
