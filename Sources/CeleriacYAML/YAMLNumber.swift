#if YAML
    import CeleriacCore

    /// Numbers of YAML 1.1: underscores, bases 2, 8, 16 and 60, `.inf` and `.nan`.
    ///
    /// Source: the expressions for `int` and `float` in `yaml/resolver.py`, PyYAML 6.0.
    enum YAMLNumber {
        /// - Returns: `nil` if the text is not a number.
        /// - Throws: ``YAMLError`` for a number that Python also refuses, or one of more than 64 bits in a base other
        ///   than ten.
        static func value(of text: [UInt8]) throws(YAMLError) -> YAMLValue? {
            let isNegative = text.first == UInt8(ascii: "-")
            let hasSign = isNegative || text.first == UInt8(ascii: "+")
            let body = text.dropFirst(hasSign ? 1 : 0)
            guard let first = body.first else { return nil }
            if first == UInt8(ascii: ".") { return pointed(body, isNegative, hasSign: hasSign) }
            guard isDigit(first) else { return nil }
            if body.contains(UInt8(ascii: ":")) { return try sexagesimal(body, isNegative) }
            if body.contains(UInt8(ascii: ".")) { return decimal(body).map { .double(isNegative ? -$0 : $0) } }
            return try integer(body, isNegative)
        }

        // MARK: Floats

        private static func pointed(_ body: ArraySlice<UInt8>, _ isNegative: Bool, hasSign: Bool) -> YAMLValue? {
            switch String(decoding: body, as: UTF8.self) {
            case ".inf", ".Inf", ".INF": .double(isNegative ? -.infinity : .infinity)
            case ".nan", ".NaN", ".NAN": hasSign ? nil : .double(.nan)
            default:
                // A sign before the point makes it text, as in Python.
                hasSign || !(body.dropFirst().first.map(isDigit) ?? false)
                    ? nil : decimal([UInt8(ascii: "0")] + body).map { .double($0) }
            }
        }

        /// Reads digits, a point, optional digits, and an optional exponent with its sign.
        private static func decimal(_ body: ArraySlice<UInt8>) -> Double? {
            var rest = body
            var text = digits(&rest)
            guard rest.popFirst() == UInt8(ascii: ".") else { return nil }
            text += "." + digits(&rest)
            if text.last == "." { text += "0" }
            if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
                let exponent = rest.dropFirst()
                guard let sign = exponent.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
                    return nil
                }
                let number = exponent.dropFirst()
                guard !number.isEmpty, number.allSatisfy(isDigit) else { return nil }
                text += "e" + String(decoding: exponent, as: UTF8.self)
                rest = []
            }
            return rest.isEmpty ? Double(text) : nil
        }

        /// Removes digits and underscores from the front.
        ///
        /// - Returns: the digits.
        private static func digits(_ rest: inout ArraySlice<UInt8>) -> String {
            let part = rest.prefix { isDigit($0) || $0 == underscore }
            rest = rest.dropFirst(part.count)
            return String(decoding: part.filter { $0 != underscore }, as: UTF8.self)
        }

        // MARK: Integers

        private static func integer(_ body: ArraySlice<UInt8>, _ isNegative: Bool) throws(YAMLError) -> YAMLValue? {
            let sign = isNegative ? "-" : ""
            guard body.first == UInt8(ascii: "0") else {
                var rest = body
                let number = digits(&rest)
                return rest.isEmpty ? .integer(sign + number) : nil
            }
            if body.count == 1 { return .integer("0") }
            let (radix, number): (Int, ArraySlice<UInt8>) =
                switch body.dropFirst().first {
                case UInt8(ascii: "b"): (2, body.dropFirst(2))
                case UInt8(ascii: "x"): (16, body.dropFirst(2))
                default: (8, body.dropFirst())
                }
            guard !number.isEmpty, number.allSatisfy({ $0 == underscore || isDigit($0, radix: radix) }) else {
                return nil
            }
            let text = String(decoding: number.filter { $0 != underscore }, as: UTF8.self)
            if text.isEmpty, radix == 8 { return .integer("0") }
            guard let value = UInt64(text, radix: radix) else {
                throw YAMLError(.unsupported, "an invalid integer, or one of more than 64 bits, in base \(radix)")
            }
            return .integer(value == 0 ? "0" : sign + String(value))
        }

        // MARK: Base 60

        /// Reads `190:20:30`; with a point at the end it is a float.
        private static func sexagesimal(_ body: ArraySlice<UInt8>, _ isNegative: Bool) throws(YAMLError) -> YAMLValue? {
            let point = body.firstIndex(of: UInt8(ascii: "."))
            let parts = body[..<(point ?? body.endIndex)].split(
                separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            var head = parts[0]
            let first = digits(&head)
            guard head.isEmpty, parts.dropFirst().allSatisfy(isBelow60) else { return nil }
            let rest = parts.dropFirst().map { String(decoding: $0, as: UTF8.self) }
            guard let point else {
                guard parts[0].first != UInt8(ascii: "0") else { return nil }
                return .integer(try whole(first, rest, isNegative))
            }
            var fraction = body[(point + 1)...]
            let decimals = digits(&fraction)
            guard fraction.isEmpty, var total = Double(first) else { return nil }
            for part in rest { total = total * 60 + (Double(part) ?? 0) }
            total += Double("0." + decimals + "0") ?? 0
            return .double(isNegative ? -total : total)
        }

        private static func whole(_ first: String, _ rest: [String], _ isNegative: Bool) throws(YAMLError) -> String {
            var total = Int64(first)
            for part in rest {
                let (product, hasOverflown) = (total ?? 0).multipliedReportingOverflow(by: 60)
                let (sum, isBeyond) = product.addingReportingOverflow(Int64(part) ?? 0)
                total = total == nil || hasOverflown || isBeyond ? nil : sum
            }
            guard let total else { throw YAMLError(.unsupported, "an integer of more than 64 bits in base 60") }
            return String(isNegative ? -total : total)
        }

        private static func isBelow60(_ part: ArraySlice<UInt8>) -> Bool {
            guard (1...2).contains(part.count), part.allSatisfy(isDigit), let first = part.first else { return false }
            return part.count == 1 || first <= UInt8(ascii: "5")
        }

        // MARK: Digits

        private static let underscore = UInt8(ascii: "_")

        private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

        private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) < radix
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): radix == 16
            default: false
            }
        }
    }
#endif
