import NIOCore
import RESPClient
import TestKit
import Testing

@Suite("the parser, fed with nonsense", .timeLimit(.minutes(15)))
struct ParserFuzzTests {
    private static let limit = 32 << 10

    @Test("random bytes are read or refused, never more")
    func randomBytes() async {
        var chance = Chance()
        for _ in 0..<3000 {
            await Task.yield()
            // Half of them from the alphabet of RESP, so that they get somewhere.
            let alphabet = Array("+-:$*%~>|_#,(!=;.?0123456789\r\n\r\n\r\nab".utf8)
            let isRESP = Bool.random(using: &chance)
            let bytes = (0..<Int.random(in: 1...400, using: &chance)).map { _ in
                isRESP ? alphabet.randomElement(using: &chance) ?? 0 : UInt8.random(in: 0...255, using: &chance)
            }
            feed(bytes, &chance)
        }
    }

    @Test("answers with flipped, lost, doubled and swapped bytes are read or refused, never more")
    func mutatedAnswers() async {
        var chance = Chance()
        for _ in 0..<4000 {
            await Task.yield()
            var bytes = (0..<Int.random(in: 1...6, using: &chance)).flatMap { _ in
                Array((Corpus.all.randomElement(using: &chance)?.bytes ?? "").utf8)
            }
            for _ in 0..<Int.random(in: 1...8, using: &chance) where !bytes.isEmpty { mutate(&bytes, &chance) }
            feed(bytes, &chance)
        }
    }

    @Test("random values come back as they were written")
    func roundTrip() async throws {
        var chance = Chance()
        for _ in 0..<1000 {
            await Task.yield()
            let values = (0..<4).map { _ in RESPValue.random(&chance, depth: 4) }
            let bytes = values.flatMap(\.encoded)
            var parser = RESPParser()
            var items: [RESPParser.Item] = []
            for slice in chance.slices(of: bytes) { items += try parser.items(of: slice) }
            #expect(items == values.map { .reply($0) }, "seed \(chance.seed)")
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ chance: inout Chance) {
        let index = Int.random(in: bytes.indices, using: &chance)
        switch Int.random(in: 0..<4, using: &chance) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(bytes[index], at: index)
        default: bytes.swapAt(index, Int.random(in: bytes.indices, using: &chance))
        }
    }

    /// No more values than bytes may come out, and after an error nothing.
    private func feed(_ bytes: [UInt8], _ chance: inout Chance) {
        var parser = RESPParser(limits: .init(bytes: Self.limit, depth: 8))
        var items = 0
        var violation: RESPViolation?
        for slice in chance.slices(of: bytes) {
            do throws(RESPViolation) {
                let found = try parser.items(of: slice)
                #expect(violation == nil, "seed \(chance.seed)")
                items += found.count
                for item in found { #expect(item.size <= Self.limit, "seed \(chance.seed)") }
            } catch {
                #expect(violation == nil || violation == error, "seed \(chance.seed)")
                violation = error
            }
        }
        #expect(items <= bytes.count, "seed \(chance.seed)")
    }
}

extension RESPParser.Item {
    /// What it takes in memory, about.
    fileprivate var size: Int {
        switch self {
        case .reply(let value): value.size
        case .push(let elements): elements.reduce(0) { $0 + $1.size }
        }
    }
}

extension RESPValue {
    fileprivate var size: Int {
        elements.map { $0.reduce(0) { $0 + $1.size + MemoryLayout<RESPValue>.stride } } ?? bytes?.count ?? 0
    }
}
