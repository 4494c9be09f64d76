import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@Suite("MessagePack")
struct MessagePackTests {
    private let coder = MessagePackCoder()
    private let limits = JSONLimits(keys: 100_000)

    private func json(_ packed: [UInt8], limits: JSONLimits? = nil, atMost most: Int = 16 << 20) throws -> [UInt8] {
        try coder.json(of: packed, limits: limits ?? self.limits, atMost: most)
    }

    /// Pairs that `Fixtures/python/msgpacks.py` has made.
    private func cases(_ list: String) throws -> [(packed: [UInt8], json: [UInt8])] {
        let fixture = try Fixture("values", in: "msgpack").document
        return try #require(fixture[list]?.arrayValue).map { entry in
            let packed = try #require(Data(base64Encoded: entry["packed"]?.stringValue ?? "?"))
            return ([UInt8](packed), Array((entry["json"]?.stringValue ?? "").utf8))
        }
    }

    private func value(_ json: [UInt8]) throws -> JSONValue {
        try JSONValue(parsing: json, limits: JSONLimits(keys: .max, stringBytes: .max))
    }

    @Test("what Python packs is the value that kombu's JSON has, and is packed again to the same bytes")
    func matchesPython() throws {
        let cases = try cases("values")
        #expect(cases.count > 50)
        for (packed, json) in cases {
            let read = try self.json(packed)
            #expect(try value(read) == value(json), "\(String(decoding: json.prefix(60), as: UTF8.self))")
            #expect(try coder.bytes(ofJSON: read) == packed, "\(String(decoding: json.prefix(60), as: UTF8.self))")
        }
    }

    @Test("containers and texts of more than 65,535 items come back as they were")
    func largeItems() throws {
        let count = 65_600
        let list = JSONValue.array((0..<count).map { .integer(Int64($0)) })
        let map = JSONValue.object(Dictionary(uniqueKeysWithValues: (0..<count).map { (JSONKey("\($0)"), .null) }))
        for value in [list, map, .string(String(repeating: "x", count: count))] {
            let packed = try coder.bytes(ofJSON: value.bytes)
            #expect([0xDD, 0xDF, 0xDB].contains(packed[0]))
            #expect(try json(packed) == value.bytes)
        }
    }

    @Test("longer forms than needed and single floats are read")
    func readsForeignForms() throws {
        for (packed, json) in try cases("foreign") { #expect(try value(self.json(packed)) == value(json)) }
    }

    @Test("a not-a-number passes, there and back")
    func notANumber() throws {
        let packed = try coder.bytes(ofJSON: Array("NaN".utf8))
        #expect(packed.first == 0xCB)
        #expect(try json(packed) == Array("NaN".utf8))
    }

    @Test("Swift's dates, decimals and UUIDs go as text that their types read, and data as bytes")
    func swiftTypes() throws {
        let date = Date(timeIntervalSince1970: 1_893_553_445.5)
        let id = try #require(UUID(uuidString: "01234567-89AB-CDEF-0123-456789ABCDEF"))
        var arguments = EncodedArguments()
        arguments.append(date)
        arguments.append(id)
        arguments.append(Decimal(string: "19.99"))
        arguments.append(Data([0xFF, 0]))
        let packed = try coder.bytes(ofJSON: arguments.args)
        let read = try json(packed)
        #expect(try value(read)[1] == .string(id.uuidString.lowercased()))
        #expect(try value(read)[2] == "19.99")
        var reader = try JSONReader(read)
        try reader.beginArray()
        var parts: [[UInt8]] = []
        while try reader.nextElement() { parts.append(try reader.raw()) }
        #expect(try JSONCoding.decode(Date.self, from: parts[0]) == date)
        #expect(try JSONCoding.decode(UUID.self, from: parts[1]) == id)
        #expect(try JSONCoding.decode(Decimal.self, from: parts[2]) == Decimal(string: "19.99"))
        #expect(try JSONCoding.decode(Data.self, from: parts[3]) == Data([0xFF, 0]))
    }

    @Test("an integer of more than 64 bits is refused where it is written")
    func refusesBigIntegers() throws {
        for text in ["18446744073709551616", "-9223372036854775809", "[1,{\"a\":123456789012345678901234567890}]"] {
            let error = try #require(throws: CeleriacError.self) { try coder.bytes(ofJSON: Array(text.utf8)) }
            #expect(error.code == .invalidArguments && error.message.contains("64 bits"))
        }
    }

    @Test("extension types are refused by name, a timestamp too")
    func refusesExtensions() throws {
        let forms: [([UInt8], String)] = [
            ([0xD6, 0xFF, 0, 0, 0, 0], "a timestamp"), ([0xD4, 5, 0], "the extension type 5"),
            ([0xC7, 3, 7, 1, 2, 3], "the extension type 7"),
            ([0x91, 0xC9, 0, 0, 0, 0, 0x80], "the extension type -128"),
        ]
        for (packed, name) in forms {
            let error = try #require(throws: CeleriacError.self) { try json(packed) }
            #expect(error.code == .unsupported && error.message.contains(name), "\(error)")
        }
    }

    @Test("a key that is no text is refused, as by Python")
    func refusesKeys() {
        for packed: [UInt8] in [[0x81, 1, 1], [0x81, 0xC0, 1], [0x81, 0x90, 1], [0x81, 0xC4, 1, 0x61, 1]] {
            #expect(throws: CeleriacError.self) { try json(packed) }
        }
    }

    @Test("lengths that lie are refused before anything is allocated")
    func refusesLyingLengths() throws {
        let lies: [[UInt8]] = [
            [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0xDF, 0xFF, 0xFF, 0xFF, 0xFF], [0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 0x61],
            [0xC6, 0xFF, 0xFF, 0xFF, 0xFF, 0], [0xDC, 0xFF, 0xFF, 1], [0x9F], [0x8F, 0xA1], [0xBF, 0x61], [0xD9, 9],
            [0xCF, 1],
            [], [0xC1], [0xC0, 0xC0], [0xA2, 0xC3, 0x28], [0xC9, 0xFF, 0xFF, 0xFF, 0xFF],
        ]
        for lie in lies {
            let error = try #require(throws: CeleriacError.self) { try json(lie) }
            #expect([.malformedMessage, .unsupported, .tooLarge].contains(error.code), "\(lie): \(error)")
        }
    }

    @Test("nesting of 100,000, too many keys, long texts and much JSON from few bytes are refused as too large")
    func refusesTooMuch() throws {
        let deep = [UInt8](repeating: 0x91, count: 100_000) + [0xC0]
        let level: [UInt8] = [0x81, 0xA1, 0x61]
        let maps = Array(repeatElement(level, count: 100_000).joined()) + [0xC0]
        let nulls: [UInt8] = [0xDD, 0, 0x10, 0, 0] + [UInt8](repeating: 0xC0, count: 1 << 20)
        let text: [UInt8] = [0xDA, 0x01, 0x00] + [UInt8](repeating: 0x61, count: 256)
        let small = JSONLimits(keys: 2, stringBytes: 255)
        let keys: [UInt8] = [0x83, 0xA1, 0x61, 1, 0xA1, 0x62, 1, 0xA1, 0x63, 1]
        let cases: [([UInt8], JSONLimits?)] = [(deep, nil), (maps, nil), (nulls, nil), (text, small), (keys, small)]
        for (packed, limits) in cases {
            let error = try #require(throws: CeleriacError.self) { try json(packed, limits: limits, atMost: 1 << 20) }
            #expect(error.code == .tooLarge, "\(error)")
        }
    }

    @Test("random and mutated bytes are read or refused, and nothing else")
    func survivesNoise() throws {
        var seed: UInt64 = 0x5EED
        func random(_ below: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(below))
        }
        let samples = try cases("values").map(\.packed).filter { $0.count < 500 }
        for _ in 0..<20_000 {
            var bytes = samples[random(samples.count)]
            for _ in 0...random(4) {
                if bytes.isEmpty || random(3) == 0 { bytes.append(UInt8(random(256))) }
                bytes[random(bytes.count)] = UInt8(random(256))
            }
            if let text = try? json(bytes) { #expect((try? value(text)) != nil, "\(bytes)") }
        }
    }
}
