import CeleriacCore
import Testing

@Suite("JSON under random input")
struct JSONFuzzTests {
    @Test("any value comes back as it went")
    func roundTrips() async throws {
        var generator = SeededGenerator(seed: announcedSeed("any value comes back as it went"))
        for _ in 0..<2000 {
            await Task.yield()
            let value = randomValue(depth: 5, &generator)
            let text = value.bytes
            #expect(try JSONValue(parsing: text) == value)
            var reader = try JSONReader(text)
            #expect(try reader.skip() == 0..<text.count)
            #expect(try JSONCoding.decode(JSONValue.self, from: text) == value)
        }
    }

    @Test("any double comes back as it went, and as a double")
    func roundTripsDoubles() async throws {
        var generator = SeededGenerator(seed: announcedSeed("any double comes back as it went"))
        for _ in 0..<20_000 {
            await Task.yield()
            let double = Double(bitPattern: generator.next())
            guard double.isFinite else { continue }
            #expect(try JSONValue(parsing: JSONValue.double(double).bytes) == .double(double))
        }
    }

    @Test("numbers with few digits are read as Swift reads them")
    func readsDecimals() async throws {
        var generator = SeededGenerator(seed: announcedSeed("numbers with few digits"))
        for _ in 0..<20_000 {
            await Task.yield()
            let digits = Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &generator)
            let text =
                "\(digits).\(UInt16.random(in: 0...999, using: &generator))e\(Int.random(in: -30...30, using: &generator))"
            #expect(try JSONCoding.decode(Double.self, from: Array(text.utf8)) == Double(text))
        }
    }

    @Test("a document with any bytes changed is read or refused, and what is read can be written")
    func survivesMutation() async throws {
        var generator = SeededGenerator(seed: announcedSeed("a document with any bytes changed"))
        let alphabet = Array("[]{}\",:\\u0123456789abcdefeE+-.ntNI \u{0}".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF]
        var (taken, refused) = (0, 0)
        for _ in 0..<5000 {
            await Task.yield()
            var text = randomValue(depth: 4, &generator).bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                mutate(&text, with: alphabet, &generator)
            }
            guard let value = try? JSONValue(parsing: text) else {
                refused += 1
                continue
            }
            taken += 1
            _ = try JSONValue(parsing: value.bytes)
            _ = try? JSONCoding.decode([Sample].self, from: text)
            _ = try? JSONCoding.decode([String: [Int?]].self, from: text)
        }
        #expect(taken > 0 && refused > 0)
    }

    @Test("a date, id or text of any bytes is read or refused")
    func survivesNoise() async throws {
        var generator = SeededGenerator(seed: announcedSeed("a date of any bytes"))
        let alphabet = Array("0123456789-:T+.Z ".utf8)
        for _ in 0..<20_000 {
            await Task.yield()
            let bytes = (0..<Int.random(in: 0...34, using: &generator)).map { _ in
                alphabet[Int.random(in: alphabet.indices, using: &generator)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let date = ISODate.parse(text) { #expect(ISODate.parse(ISODate.text(date)) == date) }
        }
    }

    private struct Sample: Codable {
        var id: Int
        var name: String?
        var list: [Double]
    }

    private func mutate(_ text: inout [UInt8], with alphabet: [UInt8], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0...text.count, using: &generator)
        let byte = alphabet[Int.random(in: alphabet.indices, using: &generator)]
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: text.insert(byte, at: place)
        case 1 where place < text.count: text[place] = byte
        case _ where place < text.count: text.remove(at: place)
        default: break
        }
    }

    private func randomValue(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(.random(in: .min ... .max, using: &generator))
        case 3: return .integer(.random(in: -100...100, using: &generator))
        case 4: return .bigInteger("-9\(UInt64.max)\(UInt8.random(in: 0...255, using: &generator))")
        case 5: return .double(.random(in: -1e6...1e6, using: &generator))
        case 6: return .string(randomText(&generator))
        case 7:
            return .array(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in randomValue(depth: depth - 1, &generator) })
        default:
            var members: JSONObject = [:]
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                members[randomText(&generator)] = randomValue(depth: depth - 1, &generator)
            }
            return .object(members)
        }
    }

    private func randomText(_ generator: inout SeededGenerator) -> String {
        let alphabet = Array("abcXYZ012 \"\\/\n\t\u{1}\u{7F}é€😀\u{2028}")
        return String(
            (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                alphabet[Int.random(in: alphabet.indices, using: &generator)]
            })
    }
}
