import CeleriacCore
import Testing

@Suite("Strings with lone surrogates")
struct IllFormedStringTests {
    /// `os.listdir` of a file `café` in Latin-1: `json.dumps(os.fsdecode(b"caf\xe9"))`.
    static let name = #""caf\udce9""#

    @Test(
        "what is read as JSONValue is written with the same surrogates",
        arguments: [
            name, #""\ud800""#, #""\udfff x""#, #""\ud83d""#, #""\ude00\ud83d""#, #""\ud83dx\ude00""#,
            #"{"\udce9":1,"\udcea":2,"�":3}"#, #"[["\udc80\n\"é\u0001"],{"a":"\ud800"}]"#,
        ])
    func roundTrip(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.text == text)
        #expect(try JSONValue(parsing: value.bytes) == value)
    }

    @Test("a surrogate pair is its character, as in Python")
    func pairs() throws {
        #expect(try JSONValue(parsing: #""\ud83d\ude00""#) == .string("😀"))
    }

    @Test("a String is refused with a reason that says so, wherever it stands")
    func refuses() throws {
        struct Holder: Decodable { var name: String }
        func reason(_ body: () throws -> Void) -> String? {
            do { try body() } catch let DecodingError.dataCorrupted(context) { return context.debugDescription } catch {
            }
            return nil
        }
        let reasons = [
            reason { _ = try JSONCoding.decode(String.self, from: Array(Self.name.utf8)) },
            reason { _ = try JSONCoding.decode([String].self, from: Array("[\(Self.name)]".utf8)) },
            reason { _ = try JSONCoding.decode([String: String].self, from: Array("{\(Self.name):\"\"}".utf8)) },
            reason { _ = try JSONCoding.decode(Holder.self, from: Array("{\"name\":\(Self.name)}".utf8)) },
            reason { _ = try JSONCoding.decode(Holder?.self, from: Array("{\"name\":\(Self.name)}".utf8)) },
        ]
        for reason in reasons { #expect(reason?.contains("lone surrogate") == true, "\(reason ?? "none")") }
    }

    @Test("with the limit that says so, a String has U+FFFD in its place")
    func replaces() throws {
        struct Holder: Decodable { var name: String }
        let limits = JSONLimits(replacesLoneSurrogates: true)
        #expect(try JSONCoding.decode(String.self, from: Array(Self.name.utf8), limits: limits) == "caf\u{FFFD}")
        let text = Array("{\"name\":\(Self.name)}".utf8)
        #expect(try JSONCoding.decode(Holder.self, from: text, limits: limits).name == "caf\u{FFFD}")
        #expect(try JSONCoding.decode(JSONValue.self, from: text, limits: limits).text == "{\"name\":\(Self.name)}")
    }

    @Test("it tells the bytes of the file name that Python made it of")
    func fileNames() throws {
        let value = try JSONValue(parsing: Self.name)
        guard case .illFormedString(let text) = value else { throw JSONError(.missing, at: 0, "not ill-formed") }
        #expect(text.fileNameBytes == Array("caf".utf8) + [0xE9])
        #expect(text.bytes == Array("caf".utf8) + [0xED, 0xB3, 0xA9])
        #expect(text.description == "caf\u{FFFD}")
        #expect(value.stringValue == nil && value.keyValue?.illFormed == text)
        #expect(IllFormedString(bytes: [0xED, 0xA0, 0x80])?.fileNameBytes == nil)
        #expect(IllFormedString(bytes: Array("plain".utf8)) == nil)
        #expect(IllFormedString(bytes: [0xFF, 0xED, 0xA0, 0x80]) == nil)
    }

    @Test("random bytes make a string that is read back the same, or none")
    func random() throws {
        var generator = SeededGenerator(seed: announcedSeed("ill-formed strings"))
        let pieces: [[UInt8]] = [
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0x9F, 0xBF], [0x41], [0xC3, 0xA9], [0xED], [0x22],
        ]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in
                pieces.randomElement(using: &generator) ?? []
            }
            guard let text = IllFormedString(bytes: bytes) else { continue }
            guard case .illFormedString(let read) = try JSONValue(parsing: JSONValue.illFormedString(text).bytes) else {
                continue  // Two surrogates that make a pair are one character to JSON.
            }
            #expect(try JSONValue(parsing: JSONValue.illFormedString(read).bytes) == .illFormedString(read))
        }
    }
}
