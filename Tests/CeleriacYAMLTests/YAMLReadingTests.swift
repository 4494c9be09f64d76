#if YAML
    import CeleriacCore
    import CeleriacYAML
    import Foundation
    import Testing

    @Suite("YAML is read as PyYAML reads it")
    struct YAMLReadingTests {
        private func fixture() throws -> JSONValue {
            let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/safe_load.json")
            return try JSONValue(parsing: Data(contentsOf: url), limits: JSONLimits(keys: .max, stringBytes: .max))
        }

        @Test("each text is the value that kombu's JSON makes of what safe_load reads")
        func matchesPython() throws {
            let cases = try #require(try fixture()["read"]?.arrayValue)
            #expect(cases.count > 200)
            for entry in cases {
                let text = entry["yaml"]?.stringValue ?? "?"
                do {
                    let value = try JSONValue(parsing: YAML.json(text))
                    // As text, since no not-a-number is equal to another.
                    #expect(value.text == entry["json"]?.text, "\(text.debugDescription) became \(value.text)")
                } catch {
                    Issue.record("\(text.debugDescription): \(error)")
                }
            }
        }

        @Test("what safe_load refuses is refused, and so are merge keys and ordered maps")
        func refusesWithPython() throws {
            let texts = try #require(try fixture()["refused"]?.arrayValue).compactMap(\.stringValue)
            #expect(texts.count > 40)
            for text in texts {
                let error = #expect(throws: CeleriacError.self, "\(text.debugDescription)") { try YAML.json(text) }
                #expect(error?.message.hasPrefix("refused YAML: ") == true)
            }
        }

        @Test("a set is the list of its members, an equals sign is text, and an anchor may be named anew")
        func readsMoreThanPython() throws {
            #expect(try YAML.value("!!set {a, b, 1}") == ["a", "b", 1])
            #expect(try YAML.value("=") == "=")
            #expect(try YAML.value("- &a 1\n- *a\n- &a 2\n- *a\n") == [1, 1, 2, 2])
        }

        @Test("keys that are canonically equivalent both stay")
        func keysByBytes() throws {
            let text = "\u{00E9}: 1\ne\u{0301}: 2\n"
            #expect(
                String(decoding: try YAML.json(text), as: UTF8.self).utf8.elementsEqual(
                    "{\"\u{00E9}\":1,\"e\u{0301}\":2}".utf8))
        }

        @Test("a refusal names the tag, and quotes nothing else of the document")
        func namesTags() throws {
            let secret = "hunter2"
            let error = try #require(throws: CeleriacError.self) {
                try YAML.json("- \(secret)\n- !!python/object/apply:os.system [\(secret)]\n")
            }
            #expect(error.code == .unsupported)
            #expect(
                error.message == #"refused YAML: the tag "tag:yaml.org,2002:python/object/apply:os.system", in line 2"#)
            for text in ["[\(secret)", "\(secret): \(secret): x", "'\(secret)", "!<\u{1B}[31m> x", "*\(secret)"] {
                let error = try #require(throws: CeleriacError.self) { try YAML.json(text) }
                #expect(!error.message.contains(secret) && error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
            }
        }
    }

    /// The serializer, used as the codec uses it.
    enum YAML {
        static func json(
            _ text: String, limits: JSONLimits = JSONLimits(), atMost most: Int = 1 << 20
        ) throws -> [UInt8] {
            try json(Array(text.utf8), limits: limits, atMost: most)
        }

        static func json(
            _ bytes: [UInt8], limits: JSONLimits = JSONLimits(), atMost most: Int = 1 << 20
        ) throws -> [UInt8] {
            let coder = try #require(Serializer.yaml.coder)
            return try coder.json(of: bytes, limits: limits, atMost: most)
        }

        static func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: json(text)) }

        static func written(_ value: JSONValue) throws -> [UInt8] {
            try #require(Serializer.yaml.coder).bytes(ofJSON: value.bytes)
        }
    }
#endif
