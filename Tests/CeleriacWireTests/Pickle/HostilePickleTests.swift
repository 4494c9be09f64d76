import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

@Suite("Hostile pickles")
struct HostilePickleTests {
    private func error(_ bytes: [UInt8], _ limits: PickleLimits = PickleLimits()) throws -> PickleError {
        try #require(throws: PickleError.self) { try Pickle.decode(bytes, limits: limits) }
    }

    private func error(_ text: String, _ limits: PickleLimits = PickleLimits()) throws -> PickleError {
        try error(text.unicodeScalars.map { UInt8($0.value) }, limits)
    }

    @Test("a pickle that imports, builds or calls is refused by name, and nothing of it happens")
    func refusesByName() throws {
        let pickles = try RecordedPickle.hostile()
        #expect(pickles.count > 300)
        for pickle in pickles {
            let error = try error(pickle.bytes)
            #expect(error.code == .refused, "\(pickle.name): \(error)")
            #expect(error.description.contains(try #require(pickle.refused)), "\(pickle.name): \(error)")
            #expect(error.description.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) })
        }
        #expect(!FileManager.default.fileExists(atPath: "celeriac-canary"))
    }

    @Test("every opcode of no known name is refused as such")
    func refusesUnknownOpcodes() throws {
        let known = Set(Array("().0123459BCFGIJKLMNPQRSTUVX]abcdeghijlopqrstu}".utf8)).subtracting(Array("3459".utf8))
            .union(0x80...0x98)
        for byte in UInt8.min...UInt8.max where !known.contains(byte) {
            let error = try error([byte, UInt8(ascii: ".")])
            #expect(error.code == .unknownOpcode, "0x\(String(byte, radix: 16))")
            #expect(error.offset == 0)
        }
        #expect(try error([0x80, 6, 0x4E, 0x2E]).code == .unknownProtocol)
    }

    @Test("a pickle cut short anywhere is refused, and what goes on behind its end is, too")
    func refusesTruncated() throws {
        for pickle in try RecordedPickle.data() where pickle.bytes.count < 1000 {
            for count in 0..<pickle.bytes.count {
                let error = try error(Array(pickle.bytes.prefix(count)))
                #expect(error.code == .truncated || error.code == .malformed, "\(pickle.testDescription) \(count)")
            }
            #expect(try error(pickle.bytes + [0x4E]).code == .malformed)
        }
    }

    @Test(
        "a value that contains itself is refused",
        arguments: ["]q\u{0}h\u{0}a.", "}q\u{0}K\u{1}h\u{0}s.", "](K\u{1}]q\u{0}h\u{0}ae."])
    func refusesCycles(text: String) throws {
        #expect(try error(text).code == .cyclic)
    }

    @Test("a value takes no more than three words, so that a pickle of a million of them is no bomb")
    func staysSmall() {
        #expect(MemoryLayout<PickleValue>.stride <= 24)
    }

    @Test("a tuple that contains itself by a list is refused")
    func refusesIndirectCycles() throws {
        // a = []; t = (a,); a.append(t)
        #expect(try error("]q\u{0}(h\u{0}tq\u{1}0h\u{0}h\u{1}a.").code == .cyclic)
    }

    @Test("lists of a list of a list, each twice, are refused before they fill the memory")
    func refusesLaughs() throws {
        // Each level refers to the one below twice: 2^40 values.
        var bomb = Array("]q\u{0}".utf8)
        for level in UInt8(0)..<40 { bomb += [0x5D, 0x71, level + 1, 0x28, 0x68, level, 0x68, level, 0x65] }
        #expect(try error(bomb + [0x2E], PickleLimits(depth: 64)).code == .tooLarge)
        let text: [UInt8] = [0x58, 0, 0, 1, 0] + [UInt8](repeating: 0x61, count: 65536) + [0x71, 0]
        let copies: [UInt8] = [0x5D, 0x28] + (0..<2000).map { $0.isMultiple(of: 2) ? 0x68 : 0 } + [0x65, 0x2E]
        #expect(try error(text + copies).reason.contains("bytes of text"))
    }

    @Test("calls that copy a long text or list again and again are refused before they fill the memory")
    func refusesCopies() throws {
        let list = "]q\u{0}(" + String(repeating: "N", count: 50_000) + "e"
        let grown = String(repeating: "c__builtin__\nset\nh\u{0}\u{85}R(K\u{1}\u{90}0", count: 2000)
        #expect(try error(list + grown + ".").reason.contains("copied"))
        let text = "V" + String(repeating: "a", count: 500_000) + "\nq\u{0}0"
        let encoded = String(repeating: "c_codecs\nencode\nh\u{0}Vlatin1\n\u{86}R0", count: 100)
        #expect(try error(text + encoded + ".").reason.contains("copied"))
        let digits = "V" + String(repeating: "1", count: 4000) + "\nq\u{0}0cdecimal\nDecimal\nq\u{1}0"
        let decimals = String(repeating: "h\u{1}h\u{0}\u{85}R0", count: 5000)
        #expect(try error(digits + decimals + ".").reason.contains("copied"))
        let state = "}q\u{0}(" + String(repeating: "K\u{1}N", count: 50_000) + "u0cuuid\nUUID\nq\u{1}0"
        #expect(try error(state + "h\u{1})\u{81}h\u{0}b.").reason.contains("uuid.UUID with unexpected arguments"))
    }

    @Test("limits hold: length, depth, values, places of the memo, digits of an integer")
    func keepsLimits() throws {
        let deep = [UInt8](repeating: 0x5D, count: 5) + [UInt8](repeating: 0x61, count: 4) + [0x2E]
        #expect(
            try Pickle.decode(deep, limits: PickleLimits(depth: 5)) == .list([.list([.list([.list([.list([])])])])]))
        #expect(try error(deep, PickleLimits(depth: 4)).code == .tooLarge)
        #expect(PickleLimits(depth: 100_000).depth == PickleLimits.hardDepth)
        #expect(try error(deep, PickleLimits(bytes: 9)).code == .tooLarge)
        #expect(try error("](NNNe.", PickleLimits(values: 3)).code == .tooLarge)
        #expect(
            try Pickle.decode(Array("](NNNe.".utf8), limits: PickleLimits(values: 4)) == .list([.none, .none, .none]))
        #expect(try error("Nq\u{0}q\u{1}q\u{2}.", PickleLimits(memo: 2)).code == .tooLarge)
        #expect(try error("L" + String(repeating: "7", count: 4400) + "L\n.").code == .tooLarge)
        #expect(try error([0x8B, 0, 8, 0, 0] + [UInt8](repeating: 1, count: 2048) + [0x2E]).code == .tooLarge)
        let nested = [UInt8](repeating: 0x5D, count: 200_000) + [UInt8](repeating: 0x61, count: 199_999) + [0x2E]
        #expect(try error(nested).reason.contains("nested more than 64 deep"))
        let deepest = PickleLimits(depth: 512)
        let full = [UInt8](repeating: 0x5D, count: 512) + [UInt8](repeating: 0x61, count: 511) + [0x2E]
        let value = try Pickle.decode(full, limits: deepest)
        #expect(try Pickle.decode(Pickle.encode(value), limits: deepest) == value)
        let json = try value.json()
        #expect(json.count == 1024)
        #expect(try PickleValue(json: json, limits: JSONLimits(depth: 512)) == value)
        let tuples = [0x4E] + [UInt8](repeating: 0x85, count: 500_000) + [0x2E]
        #expect(try error(tuples, PickleLimits(depth: 512)).reason.contains("nested more than 512 deep"))
    }

    @Test(
        "a stack that is too short, a mark that is missing and a container of another kind are malformed",
        arguments: [
            ".", "0.", "2.", "a.", "]a.", "N]a.", "e.", "(e.", "](Ne", "t.", "\u{85}.", "(\u{85}.", "N(\u{86}.", "u.",
            "}(Nu.",
            "](NNu.", "s.", "}Ns.", "(Nd.", "\u{90}.", "](N\u{90}.", "N(N\u{90}.", "}Na.", "h\u{7}.", "g7\n.", "gx\n.",
            "g-1\n.", "q\u{0}.", "1.",
            "\u{94}.", "R.", "NR.", "\u{93}.", "b.", "Nb.", "cdatetime\ndate\nNR.", "cdatetime\ndate\n)R.",
            "cdatetime\ndate\nK\u{1}\u{85}R.",
            "cdatetime\ntimedelta\nNNN\u{87}R.", "cdatetime\ntimezone\nK\u{1}\u{85}R.",
            "cdecimal\nDecimal\nVone\n\u{85}R.",
            "cuuid\nUUID\n)\u{81}.", "cuuid\nUUID\n)\u{81}]b.", "cuuid\nUUID\n)\u{81}}Vint\nK\u{1}sb}Vint\nVx\nsb.",
            "cuuid\nUUID\n)\u{81}}Vint\nI-1\nsb.",
            "c_codecs\nencode\nV\\u0100\nVlatin1\n\u{86}R.", "c_codecs\nencode\nVa\nVhex\n\u{86}R.",
            "c__builtin__\nset\n}\u{85}R.",
            "c__builtin__\nset\n]]\u{86}R.", "ccollections\nOrderedDict\n]\u{85}R.",
            "c__builtin__\nbytes\nVa\n\u{85}R.", "V\\u12\n.", "V\\U00110000\n.",
            "\u{8C}\u{1}\u{FF}.", "X\u{3}\u{0}\u{0}\u{0}\u{ED}\u{A0}x.",
            "\u{95}\u{FF}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}N.", "",
        ])
    func refusesBroken(text: String) throws {
        let error = try error(text)
        #expect([.malformed, .truncated, .refused].contains(error.code), "\(error)")
    }

    @Test("dates, times and spans that Python does not have are malformed")
    func refusesOddDates() throws {
        func pickle(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
            Array("cdatetime\n\(name)\n".utf8) + [0x43, UInt8(bytes.count)] + bytes + [0x85, 0x52, 0x2E]
        }
        for (name, bytes) in [
            ("date", [7, 238, 13, 1]), ("date", [7, 238, 2, 30]), ("date", [0, 0, 1, 1]), ("date", [255, 255, 1, 1]),
            ("date", [7, 238, 1]),
            ("time", [24, 0, 0, 0, 0, 0]), ("time", [1, 60, 0, 0, 0, 0]), ("time", [1, 2, 3, 255, 255, 255]),
            ("time", [1]),
            ("datetime", [7, 238, 2, 30, 0, 0, 0, 0, 0, 0]), ("datetime", [7, 238, 1, 1, 24, 0, 0, 0, 0, 0]),
            ("datetime", []),
        ] as [(String, [UInt8])] {
            #expect(try error(pickle(name, bytes)).code == .malformed, "\(name) \(bytes)")
        }
        for parts in [
            "I1000000000\nK\u{0}K\u{0}", "K\u{0}I86400\nK\u{0}", "K\u{0}K\u{0}I1000000\n", "I-1000000000\nK\u{0}K\u{0}",
        ] {
            #expect(try error("cdatetime\ntimedelta\n\(parts)\u{87}R.").code == .malformed)
        }
        let day = "cdatetime\ntimezone\ncdatetime\ntimedelta\nK\u{1}K\u{0}K\u{0}\u{87}R\u{85}R."
        #expect(try error(day).code == .malformed)
    }
}
