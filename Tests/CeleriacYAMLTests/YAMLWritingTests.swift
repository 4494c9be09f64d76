import TestKit
#if YAML
    import CeleriacCore
    import CeleriacWire
    import CeleriacYAML
    import Foundation
    import Testing

    @Suite("YAML is written as PyYAML reads it", .timeLimit(.minutes(15)))
    struct YAMLWritingTests {
        private let values: [JSONValue] = [
            nil, true, false, 0, -1, .integer(.max), .integer(.min), .bigInteger("123456789012345678901234567890"), 1.0,
            -0.0, 1e22,
            1e-07, .double(.leastNonzeroMagnitude), 1.7976931348623157e308, .double(.infinity), .double(-.infinity), "",
            "yes", "~", "1",
            "é 日本 🎉",
            "\u{0}\u{1}\n\t\r\"\\ \u{7F}\u{85}\u{A0}\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{FFFF}\u{1F389}", "- a: b #c", [],
            .object([:]),
            [[1, "two", [3.5, nil, true]], ["k": "v"], ["callbacks": nil]], ["yes": ["<<": 1, "": [.object([:])]]],
            .object([JSONKey(String(repeating: "k", count: 3_000)): 1, "short": 2]),
            ["__type__": "bytes", "__value__": "plain"], ["__type__": "base64", "__value__": "AP8="],
            ["__type__": "datetime", "__value__": "2026-11-29T08:10:00.123456+00:00"],
            ["__type__": "datetime", "__value__": "2026-11-29T08:10:00"],
            ["__type__": "date", "__value__": "2026-11-29"],
            ["__type__": "unknown", "__value__": 1], ["__type__": "bytes"],
        ]

        @Test("what is written comes back as the same value")
        func roundTrips() throws {
            for value in values {
                let written = try YAML.written(value)
                #expect(
                    try JSONValue(parsing: YAML.json(written)) == value, "\(String(decoding: written, as: UTF8.self))")
                #expect(written.starts(with: "--- ".utf8))
            }
        }

        @Test("a not-a-number comes back as one")
        func notANumber() throws {
            #expect(try YAML.json(YAML.written(.double(.nan))) == Array("NaN".utf8))
        }

        @Test("decimals, times and UUIDs go as their text")
        func texts() throws {
            let id = JSONValue.object(["__type__": "uuid", "__value__": ["hex": "0123456789abcdef0123456789abcdef"]])
            let read = try YAML.json(YAML.written([["__type__": "decimal", "__value__": "19.99"], id]))
            #expect(try JSONValue(parsing: read) == ["19.99", "01234567-89ab-cdef-0123-456789abcdef"])
        }

        private static let python = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".venv/bin/python")

        @Test(
            "PyYAML reads what is written as the value that it is in JSON",
            .enabled(if: FileManager.default.isExecutableFile(atPath: python.path)))
        func readByPython() async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("celeriac-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let (input, output) = (folder.appendingPathComponent("in"), folder.appendingPathComponent("out"))
            let texts = try values.map { JSONValue.string(String(decoding: try YAML.written($0), as: UTF8.self)) }
            try Data(JSONValue.array(texts).bytes).write(to: input)
            try Data().write(to: output)
            let process = Process()
            process.executableURL = Self.python
            process.arguments = [
                "-c",
                "import json, sys, yaml; from kombu.utils import json as kombu; "
                    + "print(json.dumps([json.loads(kombu.dumps(yaml.safe_load(text))) for text in json.load(sys.stdin)]))",
            ]
            process.standardInput = try FileHandle(forReadingFrom: input)
            process.standardOutput = try FileHandle(forWritingTo: output)
            let status = try await withCheckedThrowingContinuation { (end: CheckedContinuation<Int32, any Error>) in
                process.terminationHandler = { end.resume(returning: $0.terminationStatus) }
                do { try process.begin() } catch { end.resume(throwing: error) }
            }
            try #require(status == 0)
            #expect(try JSONValue(parsing: Data(contentsOf: output)).arrayValue == values)
        }

        @Test("a recorded call in YAML is read where it is accepted, and refused by its content type elsewhere")
        func codec() throws {
            let body = """
                - - 1
                  - two
                  - - 3.5
                    - null
                    - true
                - k: v
                - callbacks: null
                  chain: null
                  chord: null
                  errbacks: null

                """
            let envelope = Envelope(
                headers: MessageHeaders(id: "i", task: "tasks.echo"),
                properties: Envelope.Properties(contentType: "application/x-yaml"), body: Array(body.utf8))
            let call = try CeleryCodec(accepting: [.json, .yaml]).decode(envelope)
            #expect(call.arguments.positional.count == 3 && call.arguments.keywords.map(\.name) == ["k"])
            #expect(throws: CeleriacError.self) { try CeleryCodec().decode(envelope) }
        }
    }
#endif
