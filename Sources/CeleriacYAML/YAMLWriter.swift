#if YAML
    import CeleriacCore
    import CeleriacWire

    /// Writes YAML that PyYAML's `safe_load` reads as the same values: one line in flow style, with every text in double
    /// quotes.
    ///
    /// Begins with `---`, which distinguishes it from JSON.
    struct YAMLWriter {
        private var bytes = Array("--- ".utf8)
        /// A simple key has at most 1,024 characters; a longer key needs a question mark.
        private static let longestSimpleKey = 1_000

        var document: [UInt8] { bytes + [UInt8(ascii: "\n")] }

        /// Writes the next value.
        ///
        /// Recursive: the reader stops at ``JSONLimits/hardDepth``.
        mutating func write(_ reader: inout JSONReader) throws {
            switch reader.kind() {
            case .array: try writeSequence(&reader)
            case .object:
                if let tagged = try PythonTagged(passing: &reader) { write(tagged) } else { try writeMapping(&reader) }
            default: try write(try reader.value())
            }
        }

        private mutating func writeSequence(_ reader: inout JSONReader) throws {
            put("[")
            var isFirst = true
            try reader.beginArray()
            while try reader.nextElement() {
                if !isFirst { put(", ") }
                isFirst = false
                try write(&reader)
            }
            put("]")
        }

        private mutating func writeMapping(_ reader: inout JSONReader) throws {
            put("{")
            var isFirst = true
            try reader.beginObject()
            while let key = try reader.nextExactKey() {
                guard key.illFormed == nil else { throw CeleriacError.loneSurrogate(in: "YAML") }
                if !isFirst { put(", ") }
                isFirst = false
                let isLong = key.text.utf8.count > Self.longestSimpleKey
                if isLong { put("? ") }
                write(key.text)
                put(isLong ? " : " : ": ")
                try write(&reader)
            }
            put("}")
        }

        // MARK: Scalars

        private mutating func write(_ value: JSONValue) throws {
            switch value {
            case .null: put("null")
            case .bool(let value): put(value ? "true" : "false")
            case .integer(let value): put(String(value))
            case .bigInteger(let digits): put(digits)
            case .double(let value): put(Self.text(of: value))
            case .string(let text): write(text)
            case .illFormedString: throw CeleriacError.loneSurrogate(in: "YAML")
            // Containers are written element by element.
            case .array, .object: break
            }
        }

        /// YAML 1.1 requires a point in a float.
        private static func text(of value: Double) -> String {
            if value.isNaN { return ".nan" }
            if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
            let text = value.description
            guard let mark = text.firstIndex(of: "e"), !text.contains(".") else { return text }
            return text[..<mark] + ".0" + text[mark...]
        }

        private mutating func write(_ tagged: PythonTagged) {
            switch tagged {
            case .bytes(let content):
                put("!!binary \"")
                bytes += Base64.encode(content)
                put("\"")
            case .date(let text), .datetime(let text):
                let isRead = (try? YAMLTimestamp.value(of: Array(text.utf8))).flatMap(\.self) != nil
                if isRead { put("!!timestamp ") }
                write(text)
            case .text(let text): write(text)
            }
        }

        /// Escapes the characters that PyYAML's reader or libyaml's would not accept unescaped.
        private mutating func write(_ text: String) {
            put("\"")
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": put("\\\"")
                case "\\": put("\\\\")
                case "\n": put("\\n")
                case "\t": put("\\t")
                case "\r": put("\\r")
                case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value):
                    putEscape("x", scalar.value, width: 2)
                case "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}": putEscape("u", scalar.value, width: 4)
                default: bytes += UTF8.encode(scalar)!  // Every scalar has an encoding in UTF-8.
                }
            }
            put("\"")
        }

        private mutating func putEscape(_ letter: String, _ value: UInt32, width: Int) {
            let digits = String(value, radix: 16)
            put("\\" + letter + String(repeating: "0", count: width - digits.count) + digits)
        }

        private mutating func put(_ text: String) { bytes += text.utf8 }
    }
#endif
