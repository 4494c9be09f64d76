import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("A message that is large, or never settled", .oneServer, .timeLimit(.minutes(15)))
struct LargeMessageTests {
    private let time = ManualTime()

    /// A message of no shape of kombu's, with a tag.
    private func foreign(_ id: String, bytes: Int) -> String {
        let filling = String(repeating: "[[0],1],", count: bytes / 8)
        return #"{"headers":{"id":"\#(id)","task":"t"},"x":[\#(filling)0],"properties":{"delivery_tag":"\#(id)","#
            + #""delivery_info":{"exchange":"","routing_key":"celery"},"priority":0},"body":"e30="}"#
    }

    @Test("a large message of a foreign shape is parked before anything of it is decoded, and holds nobody up")
    func foreignShape() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a")])
        try await store.raw("RPUSH", store.keys.list(.default, step: 0), foreign("big", bytes: 20 << 20))
        #expect(try await store.drain() == ["a"])
        let letter = try #require(try await store.deadLetters(in: .default, after: nil, limit: 10).first)
        #expect(letter.reason.contains("is read up to 2097152 bytes"))
        // Only decoding finds the id in its headers.
        #expect(letter.id.rawValue.hasPrefix("malformed-"))
        await store.close()
    }

    @Test(
        "a message beyond the limits of the store is parked as it lies, whatever its shape", arguments: [true, false])
    func beyondLimits(isOurs: Bool) async throws {
        var options = RedisOptions.tenSteps
        options.limits = MessageLimits(bodyBytes: 10_000, headerBytes: 1_000)
        let store = try Stores.inVirtualTime(time, options)
        let arguments = String(repeating: "x", count: 80_000)
        if isOurs {
            var publication = Publication.sample("big")
            publication.envelope = Envelope(
                headers: publication.envelope.headers, properties: publication.envelope.properties,
                body: Array(#"[["\#(arguments)"],{},{}]"#.utf8))
            try await store.publish([publication])
        } else {
            let list = store.keys.list(.default, step: 0)
            try await store.raw("RPUSH", list, PythonMessage(id: "big", arguments: arguments).text)
        }
        try await store.publish([.sample("a")])
        #expect(try await store.drain() == ["a"])
        let letter = try #require(try await store.deadLetter(of: "big"))
        #expect(letter.reason.contains("bytes; at most"))
        await store.close()
    }

    @Test("a claim stops at sixteen megabytes, and so do looks; nothing is left behind")
    func boundedClaim() async throws {
        let store = try Stores.inVirtualTime(time)
        let body = Array("[[\"\(String(repeating: "x", count: 1 << 20))\"],{},{}]".utf8)
        for number in 0..<14 {
            var publication = Publication.sample(TaskID("\(number)"))
            publication.envelope = Envelope(
                headers: publication.envelope.headers, properties: publication.envelope.properties, body: body)
            try await store.publish([publication])
        }
        #expect(try await store.messages(in: .default, .ready, after: nil, limit: 100).count == 14)
        try await store.consume { consumer in
            var counts: [Int] = []
            while true {
                let claimed = try await consumer.claim(100)
                if claimed.isEmpty { break }
                counts.append(claimed.count)
            }
            #expect(counts.reduce(0, +) == 14)
            #expect(counts.allSatisfy { $0 <= 12 })
        }
        #expect(try await store.purge(.default) == 14)
        await store.close()
    }

    @Test("what was claimed too often and never settled is parked by the store itself")
    func neverSettled() async throws {
        var options = RedisOptions.tenSteps
        options.deliveryLimit = 3
        let store = try Stores.inVirtualTime(time, options)
        try await store.publish([.sample("poison")])
        for _ in 0..<3 {
            try await store.claimInVain()
            await time.advance(by: .minutes(1))
        }
        #expect(try await store.drain() == [])
        let letter = try #require(try await store.deadLetter(of: "poison"))
        #expect(letter.reason == "it was claimed 3 times and never settled")
        #expect(try await store.raw("EXISTS", store.keys.unacked, store.keys.own("deliveries")).integer == 0)
        await store.close()
    }
}
