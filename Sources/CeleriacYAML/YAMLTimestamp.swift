#if YAML
    import CeleriacCore

    /// Dates and times of YAML 1.1, as ISO text.
    ///
    /// Source: `construct_yaml_timestamp` in `yaml/constructor.py`, PyYAML 6.0.
    enum YAMLTimestamp {
        /// - Returns: `nil` if the text is not a date.
        /// - Throws: ``YAMLError`` for a date that does not exist, such as the 30th of February.
        static func value(of text: [UInt8]) throws(YAMLError) -> YAMLValue? {
            var rest = text[...]
            guard let year = number(&rest, 4...4), take("-", &rest), let month = number(&rest, 1...2), take("-", &rest),
                let day = number(&rest, 1...2)
            else { return nil }
            let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
            if rest.isEmpty {
                // Months and days of one digit are allowed only before a time.
                guard text.count == 10 else { return nil }
                try check((1...9999).contains(year), month, day, year)
                return .date(date)
            }
            guard let time = try time(&rest) else { return nil }
            try check((1...9999).contains(year), month, day, year)
            return .datetime("\(date)T\(time)")
        }

        /// Reads the time of day after a `T` or blanks.
        private static func time(_ rest: inout ArraySlice<UInt8>) throws(YAMLError) -> String? {
            let letter = rest.first.map { $0 | 0x20 } == UInt8(ascii: "t")
            let blanks = letter ? 0 : skipBlanks(&rest)
            if letter { rest = rest.dropFirst() }
            guard letter || blanks > 0, let hour = number(&rest, 1...2), take(":", &rest),
                let minute = number(&rest, 2...2),
                take(":", &rest), let second = number(&rest, 2...2)
            else { return nil }
            var text = "\(padded(hour)):\(padded(minute)):\(padded(second))"
            if take(".", &rest) { text += fraction(&rest) }
            guard let zone = try zone(&rest) else { return nil }
            guard hour < 24, minute < 60, second < 60 else { throw impossible() }
            return text + zone
        }

        /// Reads microseconds, truncated as in Python; empty if they are zero.
        private static func fraction(_ rest: inout ArraySlice<UInt8>) -> String {
            let digits = rest.prefix(while: isDigit)
            rest = rest.dropFirst(digits.count)
            let first = digits.prefix(6)
            if first.allSatisfy({ $0 == UInt8(ascii: "0") }) { return "" }
            return "." + String(decoding: first, as: UTF8.self) + String(repeating: "0", count: 6 - first.count)
        }

        /// - Returns: `""` for a time without a zone; `nil` if other text follows.
        private static func zone(_ rest: inout ArraySlice<UInt8>) throws(YAMLError) -> String? {
            if rest.isEmpty { return "" }
            _ = skipBlanks(&rest)
            if take("Z", &rest) { return rest.isEmpty ? "+00:00" : nil }
            let isNegative = rest.first == UInt8(ascii: "-")
            guard isNegative || rest.first == UInt8(ascii: "+") else { return nil }
            rest = rest.dropFirst()
            guard let hours = number(&rest, 1...2) else { return nil }
            var minutes = 0
            if take(":", &rest) {
                guard let count = number(&rest, 2...2) else { return nil }
                minutes = count
            }
            guard rest.isEmpty else { return nil }
            let total = hours * 60 + minutes
            guard total < 24 * 60 else { throw impossible() }
            return "\(isNegative && total > 0 ? "-" : "+")\(padded(total / 60)):\(padded(total % 60))"
        }

        // MARK: Detail

        private static func check(_ isYear: Bool, _ month: Int, _ day: Int, _ year: Int) throws(YAMLError) {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            guard isYear, (1...12).contains(month), (1...days[month - 1]).contains(day) else { throw impossible() }
        }

        private static func impossible() -> YAMLError {
            YAMLError(.malformedMessage, "a date or time that does not exist")
        }

        private static func number(_ rest: inout ArraySlice<UInt8>, _ length: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix(length.upperBound).prefix(while: isDigit)
            guard length.contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }

        private static func take(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) -> Int {
            let blanks = rest.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
            rest = rest.dropFirst(blanks)
            return blanks
        }

        private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

        private static func padded(_ number: Int, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }
#endif
