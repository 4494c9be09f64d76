#if YAML
    import CeleriacCore

    /// YAML as kombu writes and reads it: PyYAML's `safe_dump` and `safe_load`, which is YAML 1.1.
    ///
    /// Reads the events of libyaml, which Yams includes. Yams' own nodes are unsuitable: Yams compares whole keys, so
    /// that a few aliases as a key cost hours, and it treats canonically equivalent keys as equal.
    /// Source: `kombu/serialization.py`, 5.7; `yaml/resolver.py`, `yaml/constructor.py`, PyYAML 6.0; yaml.org/spec/1.1.
    struct YAMLCoder: BodyCoder {
        func json(of bytes: [UInt8], limits: JSONLimits, atMost most: Int) throws -> [UInt8] {
            do throws(YAMLError) {
                try checkDirectives(in: bytes)
                return try bytes.withUnsafeBufferPointer { input throws(YAMLError) in
                    var reader = YAMLReader(YAMLEvents(input), limits: limits, atMost: most)
                    return try reader.document()
                }
            } catch {
                throw CeleriacError(error.code, "refused YAML: \(error.reason)")
            }
        }

        /// libyaml compares each directive with all earlier ones, and no document needs more than two.
        private func checkDirectives(in bytes: [UInt8]) throws(YAMLError) {
            var count = 0
            for place in bytes.indices where bytes[place] == UInt8(ascii: "%") {
                // The last bytes of all line breaks of YAML 1.1, and of a byte order mark.
                if place == 0 || [0x0A, 0x0D, 0x85, 0xA8, 0xA9, 0xBF].contains(bytes[place - 1]) { count += 1 }
                guard count <= 16 else { throw YAMLError(.tooLarge, "more than 16 directives") }
            }
        }

        func bytes(ofJSON text: [UInt8]) throws -> [UInt8] {
            var writer = YAMLWriter()
            var reader = try JSONReader(text, limits: .checkedBefore)
            try writer.write(&reader)
            try reader.finish()
            return writer.document
        }
    }

    /// Why a document was refused. Contains the place, never the data.
    struct YAMLError: Error {
        let code: CeleriacError.Code
        let reason: String

        init(_ code: CeleriacError.Code, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }
#endif
