#if YAML
    import CeleriacCore
    import CeleriacYAML
    import Testing

    @Suite("Hostile YAML is refused", .timeLimit(.minutes(15)))
    struct HostileYAMLTests {
        private func refusal(of text: String, limits: JSONLimits = JSONLimits()) throws -> CeleriacError {
            try #require(throws: CeleriacError.self) { try YAML.json(text, limits: limits) }
        }

        @Test("a bomb of aliases costs no more than the text that may come out")
        func aliasBombs() throws {
            var lists = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
            var maps = "- &m0 {k: lol}\n"
            for level in 1..<40 {
                let list = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
                lists += "a\(level): &a\(level) [\(list)]\n"
                maps += "- &m\(level) {" + (0..<9).map { "k\($0): *m\(level - 1)" }.joined(separator: ", ") + "}\n"
            }
            for text in [lists, maps] { #expect(try refusal(of: text).code == .tooLarge) }
        }

        @Test("a bomb as a key is refused at once")
        func bombAsKey() throws {
            var text = "- &a0 [x, x]\n"
            for level in 1..<60 { text += "- &a\(level) [*a\(level - 1), *a\(level - 1), 1]\n" }
            #expect(try refusal(of: "- &a [x]\n- *a : 1\n").code == .unsupported)
            #expect(try refusal(of: text + "- ? *a59\n  : 1\n").code == .tooLarge)
            #expect(try refusal(of: "- &a [x]\n- {? [*a] : 1}\n").code == .unsupported)
        }

        @Test("a document that contains itself is refused")
        func cycles() throws {
            for text in ["&a [*a]", "&a {x: *a}", "&a [[{x: [*a]}]]", "- &a\n  - b: *a\n"] {
                #expect(try refusal(of: text).code == .unsupported)
            }
        }

        @Test(
            "nesting of 100,000 is refused, in every style",
            arguments: ["[", "{a: ", "- ", "? ", "[{a: ", "!!seq [", "&a [", "[[", "- - ", "{", "? - ", "? [", "{? "])
        func nesting(opening: String) throws {
            _ = try refusal(of: String(repeating: opening, count: 100_000))
        }

        @Test("a mapping of 1,000 levels by indentation is refused")
        func deepBlocks() throws {
            var text = ""
            for level in 0..<1_000 { text += String(repeating: " ", count: level) + "a:\n" }
            #expect(try refusal(of: text).code == .tooLarge)
        }

        @Test("too many keys and long texts are refused")
        func limits() throws {
            #expect(try refusal(of: "{a: 1, b: 2, c: 3}", limits: JSONLimits(keys: 2)).code == .tooLarge)
            #expect(try refusal(of: "[aaaa]", limits: JSONLimits(stringBytes: 3)).code == .tooLarge)
            #expect(try refusal(of: "[\"\(String(repeating: "\\0", count: 300_000))\"]").code == .tooLarge)
        }

        @Test("texts that make a parser look back again and again are through in a moment")
        func slowTexts() throws {
            let texts = [
                String(repeating: "a: ", count: 100_000), String(repeating: "[a, ", count: 100_000),
                String(repeating: "*a ", count: 100_000), String(repeating: "&a ", count: 100_000),
                String(repeating: "!a ", count: 100_000), String(repeating: "#\n", count: 300_000),
                String(repeating: "-\n", count: 300_000), String(repeating: "%\n", count: 300_000),
                String(repeating: "%TAG !a! tag:x\n", count: 20_000), "[" + String(repeating: "a,", count: 300_000),
                "\"" + String(repeating: "\\\n ", count: 200_000), "|\n" + String(repeating: " \n", count: 300_000),
                String(repeating: "\u{FEFF}", count: 100_000), String(repeating: "? a\n", count: 100_000),
                "{" + String(repeating: "? ", count: 100_000), String(repeating: "---\n", count: 100_000),
            ]
            for text in texts { _ = try? YAML.json(text) }
            let directives = (0..<60_000).map { "%TAG !a\($0)! x\n" }.joined()
            #expect(try refusal(of: directives).code == .tooLarge)
        }

        @Test("random and mutated texts are read or refused, and nothing else")
        func survivesNoise() throws {
            var seed: UInt64 = 0xACE
            func random(_ below: Int) -> Int {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int((seed >> 33) % UInt64(below))
            }
            let samples = [
                "- - 1\n  - two\n- k: v\n- callbacks: null\n", "--- [[1, \"x\", !!binary \"AP8=\"], {\"k\": [1.5]}]\n",
                "&a {x: [*b, &b 2026-11-29 08:10:00], ? y : |\n  text\n}", "a: >-\n  x\n  y\nb: !!set {c}\n",
                "%YAML 1.1\n---\n'x'\n...\n",
            ].map { Array($0.utf8) }
            let marks = Array("[]{}:,-?&*!|>'\"%@`#\n \t\\<=~0x.eé\u{0}\u{85}".utf8) + [0xFF, 0xC3, 0xEF, 0xBB, 0xBF]
            for _ in 0..<20_000 {
                var bytes = samples[random(samples.count)]
                for _ in 0...random(6) {
                    let place = random(bytes.count)
                    if random(2) == 0 {
                        bytes[place] = marks[random(marks.count)]
                    } else {
                        bytes.insert(marks[random(marks.count)], at: place)
                    }
                }
                if let text = try? YAML.json(bytes) { #expect((try? JSONValue(parsing: text)) != nil, "\(bytes)") }
            }
        }
    }
#endif
