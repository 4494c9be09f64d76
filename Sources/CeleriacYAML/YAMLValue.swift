#if YAML
    import CeleriacCore
    import CeleriacWire

    /// A scalar of YAML 1.1, resolved as PyYAML's `SafeLoader` does.
    enum YAMLValue: Hashable {
        case null
        case bool(Bool)
        /// Decimal digits with sign, of any length.
        case integer(String)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        /// ISO text, as Python's `isoformat` writes it.
        case date(String)
        case datetime(String)
        /// `<<`, which would insert another mapping's members here.
        case merge

        /// - Parameters:
        ///   - isPlain: whether it has neither quotes nor tag, so that its text determines its type.
        ///   - tag: the tag in full, if one was given.
        init(_ text: String, isPlain: Bool, tag: String?) throws(YAMLError) {
            // A lone exclamation mark is not a tag: as in Python, the text determines the type, with or without quotes.
            guard let tag, tag != "!" else {
                self = isPlain || tag != nil ? try Self.resolved(text) : .string(text)
                return
            }
            guard let value = try Self.tagged(tag, text) else {
                throw YAMLError(.malformedMessage, "a value that does not match its tag")
            }
            self = value
        }

        static func refusal(of tag: String) -> String {
            // Foreign text, shortened and without control characters.
            "the tag \(String(tag.prefix(80)).debugDescription)"
        }

        // MARK: Without a tag

        private static func resolved(_ text: String) throws(YAMLError) -> YAMLValue {
            guard let first = text.utf8.first else { return .null }
            switch first {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                let bytes = Array(text.utf8)
                if let number = try YAMLNumber.value(of: bytes) { return number }
                if let timestamp = try YAMLTimestamp.value(of: bytes) { return timestamp }
                return .string(text)
            default: return words[text] ?? .string(text)
            }
        }

        private static let words: [String: YAMLValue] = {
            var words: [String: YAMLValue] = ["~": .null, "null": .null, "Null": .null, "NULL": .null, "<<": .merge]
            for (word, value) in truths {
                for word in [word, word.prefix(1).uppercased() + word.dropFirst(), word.uppercased()] {
                    words[word] = .bool(value)
                }
            }
            return words
        }()

        private static let truths = ["yes": true, "no": false, "true": true, "false": false, "on": true, "off": false]

        // MARK: With a tag

        /// - Returns: `nil` if the text does not fit the tag.
        private static func tagged(_ tag: String, _ text: String) throws(YAMLError) -> YAMLValue? {
            switch tag {
            case "tag:yaml.org,2002:str": return .string(text)
            case "tag:yaml.org,2002:null": return .null
            case "tag:yaml.org,2002:bool": return truths[text.lowercased()].map { .bool($0) }
            case "tag:yaml.org,2002:int":
                guard case .integer(let digits) = try YAMLNumber.value(of: Array(text.utf8)) else { return nil }
                return .integer(digits)
            case "tag:yaml.org,2002:float": return try float(text)
            case "tag:yaml.org,2002:binary": return binary(text)
            case "tag:yaml.org,2002:timestamp": return try YAMLTimestamp.value(of: Array(text.utf8))
            default: throw YAMLError(.unsupported, refusal(of: tag))
            }
        }

        private static func float(_ text: String) throws(YAMLError) -> YAMLValue? {
            switch try YAMLNumber.value(of: Array(text.utf8)) {
            case .double(let value): .double(value)
            case .integer(let digits): Double(digits).map { .double($0) }
            default: nil
            }
        }

        private static func binary(_ text: String) -> YAMLValue? {
            let digits = text.utf8.filter { $0 > 0x20 }
            return Base64.decode(Array(digits)[...]).map { .bytes($0) }
        }
    }
#endif
