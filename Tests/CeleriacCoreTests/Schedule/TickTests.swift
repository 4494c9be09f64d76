import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite("Ticks")
struct TickTests {
    @Test("a tick's id is the UUID of its entry and its time, as Python's uuid5 makes it")
    func id() {
        let date = Date(timeIntervalSince1970: 1_767_225_600)
        #expect(Tick(entry: "nightly", date: date).taskID == "07f4dc00-f87d-546b-8eac-36a9ce07faf1")
        #expect(Tick(entry: "ü", date: date.addingTimeInterval(0.25)).taskID == "051839ff-350c-51f4-911a-d3a1a821d60b")
        #expect(
            Tick(entry: String(repeating: "x", count: 100), date: date).taskID == "4d023526-abca-55a3-a5ca-72acd1c847b9"
        )
    }

    @Test("the digest is SHA-1's", arguments: [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 1000])
    func digest(length: Int) {
        let known = [
            0: "da39a3ee5e6b4b0d3255bfef95601890afd80709", 1: "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8",
            54: "b05d71c64979cb95fa74a33cdb31a40d258ae02e",
            55: "c1c8bbdc22796e28c0e15163d20899b65621d65a",
            56: "c2db330f6083854c99d4b5bfb6e8f29f201be699",
            63: "03f09f5b158a7a8cdad920bddc29b81c18a551f5",
            64: "0098ba824b5c16427bd7a1122a5a442a25ec644d",
            65: "11655326c708d70319be2610e8a57d9a5b959d3b",
            119: "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56",
            120: "f34c1488385346a55709ba056ddd08280dd4c6d6",
            1000: "291e9a6c66994949b57ba5e650361e98fc36b1ba",
        ]
        let bytes = SHA1(of: [UInt8](repeating: 0x61, count: length)).bytes
        #expect(bytes.map { String(format: "%02x", $0) }.joined() == known[length])
    }

    @Test("jitter is the same for everyone, within its limit, and spreads the entries")
    func jitter() {
        let jitter = Jitter(upTo: .seconds(30))
        let date = Date(timeIntervalSince1970: 1_767_225_600)
        let delays = (0..<500).map { jitter.delay(of: Tick(entry: "entry \($0)", date: date)) }
        #expect(delays == (0..<500).map { jitter.delay(of: Tick(entry: "entry \($0)", date: date)) })
        #expect(delays.allSatisfy { $0 >= .zero && $0 <= .seconds(30) })
        #expect(delays.filter { $0 < .seconds(10) }.count > 100)
        #expect(delays.filter { $0 > .seconds(20) }.count > 100)
        #expect(Jitter.none.date(of: Tick(entry: "a", date: date)) == date)
        #expect(Jitter(upTo: .seconds(-5)).delay(of: Tick(entry: "a", date: date)) == .zero)
    }
}
