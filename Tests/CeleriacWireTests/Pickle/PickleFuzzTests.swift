import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

@Suite("Mutated pickles")
struct PickleFuzzTests {
    private static let seeds: [UInt64] = [1, 20_261_122, 0xCE1E_51AC]

    private func corpus() throws -> [[UInt8]] {
        (try RecordedPickle.data() + RecordedPickle.hostile()).map(\.bytes).filter { $0.count < 160 }
    }

    @Test("no mutation of a pickle stops us, and what is read can be written and read again", arguments: seeds)
    func survives(seed: UInt64) async throws {
        let corpus = try corpus()
        let limits = PickleLimits(values: 5000, contentBytes: 64 << 10)
        var random = Generator(seed: seed)
        var (taken, refused, longest) = (0, 0, 0)
        for round in 0..<70_000 {
            if round % 100 == 0 { await Task.yield() }
            let bytes = random.mutatedPickle(corpus[Int(random.next() % UInt64(corpus.count))])
            do throws(PickleError) {
                let value = try Pickle.decode(bytes, limits: limits)
                taken += 1
                guard round % 8 == 0 else { continue }
                let again = Pickle.encode(value)
                let second = try? Pickle.decode(again, limits: PickleLimits(depth: 512))
                #expect(second.map(Pickle.encode) == again, "seed \(seed), round \(round)")
                _ = try? value.json()
            } catch {
                refused += 1
                longest = max(longest, error.description.utf8.count)
            }
        }
        #expect(taken > 1000 && refused > 1000 && longest < 300)
    }
}

extension Generator {
    private static let opcodes: [UInt8] = Array("(.012FGIJKLMNPQRSTUVX]abcdeghijlopqrstu})BC".utf8) + Array(0x80...0x98)

    /// A few bytes changed, taken out or put in, mostly to opcodes; a piece doubled, moved or cut off.
    mutating func mutatedPickle(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int(next() % 3) where !bytes.isEmpty {
            let place = Int(next() % UInt64(bytes.count))
            switch next() % 6 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 1: bytes[place] = Self.opcodes[Int(next() % UInt64(Self.opcodes.count))]
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(Self.opcodes[Int(next() % UInt64(Self.opcodes.count))], at: place)
            case 4: bytes.removeLast(Int(next() % UInt64(min(bytes.count, 40))))
            default:
                let end = min(bytes.count, place + Int(next() % 30))
                bytes.insert(contentsOf: bytes[place..<end], at: Int(next() % UInt64(bytes.count)))
            }
        }
        return bytes
    }
}
