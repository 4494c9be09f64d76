import TestKit
import Testing

@testable import CeleriacRabbitMQ

@Suite("The open deliveries of a channel")
struct OpenTagsTests {
    private func tags(_ range: ClosedRange<UInt64>) -> OpenTags {
        var tags = OpenTags()
        for tag in range { tags.append(tag) }
        return tags
    }

    @Test("the oldest ones are acked together, the others one by one")
    func together() {
        var open = tags(1...6)
        #expect(open.ack([3, 1, 2, 5]) == OpenTags.Acks(upTo: 3, others: [5]))
        #expect(open.ack([6, 4]) == OpenTags.Acks(upTo: 6, others: []))
        #expect(open.count == 0)
    }

    @Test("an ack of several never covers one that is still open, or that was given back")
    func nothingElse() {
        var open = tags(1...4)
        open.remove(2)
        #expect(open.ack([3, 4]) == OpenTags.Acks(upTo: nil, others: [3, 4]))
        #expect(open.ack([1]) == OpenTags.Acks(upTo: nil, others: [1]))
    }

    @Test("whatever is settled in whatever order, the server hears of each delivery once")
    func randomWalk() {
        var chance = Chance()
        for _ in 0..<200 {
            var (open, last) = (OpenTags(), UInt64(0))
            // What the server still waits for.
            var server: Set<UInt64> = []
            for _ in 0..<100 {
                if Bool.random(using: &chance) {
                    last += 1
                    open.append(last)
                    server.insert(last)
                } else if let tag = server.randomElement(using: &chance), Int.random(in: 0..<5, using: &chance) == 0 {
                    open.remove(tag)
                    server.remove(tag)
                } else {
                    let acked = server.filter { _ in Bool.random(using: &chance) }
                    let acks = open.ack(Array(acked))
                    var heard = Set(acks.others)
                    if let upTo = acks.upTo { heard.formUnion(server.filter { $0 <= upTo }) }
                    #expect(heard == acked)
                    server.subtract(acked)
                }
                #expect(open.count == server.count)
            }
        }
    }
}
