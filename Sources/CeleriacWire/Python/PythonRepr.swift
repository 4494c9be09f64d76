package import CeleriacCore

/// JSON values as Python shows them to people: `(2, 'two')`, `{'width': 200}`, `ValueError('boom')`.
///
/// Shows at most 1024 characters and three levels of containers. Nothing parses these texts.
/// Source: `celery/utils/saferepr.py`, celery 5.7.
package enum PythonRepr {
    /// Shows the positional arguments of a call: a JSON array as a tuple.
    ///
    /// Never fails: invalid JSON is shown as far as possible.
    package static func arguments(_ args: [UInt8]) -> String { arguments(args[...]) }

    /// Shows the named arguments of a call, a JSON object.
    package static func keywords(_ kwargs: [UInt8]) -> String { keywords(kwargs[...]) }

    /// Shows any JSON value, for example a result.
    package static func value(_ json: [UInt8]) -> String { ReprPrinter.text(of: json[...], isTuple: false) }

    /// Shows an exception with its arguments, in full.
    package static func exception(_ failure: TaskFailure) -> String {
        "\(failure.type)(\(PythonException.arguments(of: failure).map(full).joined(separator: ", ")))"
    }

    /// The same as UTF-8 bytes. The input must be JSON.
    static func text(ofArguments args: ArraySlice<UInt8>) -> [UInt8] {
        FlatRepr.tuple(of: args) ?? Array(arguments(args).utf8)
    }
    static func text(ofKeywords kwargs: ArraySlice<UInt8>) -> [UInt8] {
        kwargs.count == 2 ? Array(kwargs) : Array(keywords(kwargs).utf8)
    }

    static func arguments(_ args: ArraySlice<UInt8>) -> String { ReprPrinter.text(of: args, isTuple: true) }
    static func keywords(_ kwargs: ArraySlice<UInt8>) -> String { ReprPrinter.text(of: kwargs, isTuple: false) }

    // MARK: In full

    /// Returns what Python's own `repr` returns.
    package static func full(_ value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .integer, .bigInteger: value.text
        case .double(let value): value.isFinite ? value.description : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
        case .string(let value): quoted(value)
        case .illFormedString(let value): quoted(value)
        case .array(let elements): "[\(elements.map(full).joined(separator: ", "))]"
        case .object(let members):
            TaggedRepr.text(of: value)
                ?? "{\(members.sorted { $0.key < $1.key }.map { "\(full(JSONValue($0))): \(full($1))" }.joined(separator: ", "))}"
        }
    }

    /// Uses double quotes only if the text contains single quotes and no double quotes.
    static func quoted(_ text: String) -> String {
        let quote = quote(of: text)
        var quoted = String(quote)
        for scalar in text.unicodeScalars { quoted += escaped(scalar, quote: quote) }
        quoted.unicodeScalars.append(quote)
        return quoted
    }

    /// Shows a lone surrogate as an escape.
    private static func quoted(_ text: IllFormedString) -> String {
        let quote = quote(of: text.description)
        var quoted = String(quote)
        for piece in text.pieces {
            switch piece {
            case .text(let range):
                for scalar in String(decoding: text.bytes[range], as: UTF8.self).unicodeScalars {
                    quoted += escaped(scalar, quote: quote)
                }
            case .surrogate(let unit): quoted += "\\u" + String(unit, radix: 16)
            }
        }
        return quoted + String(quote)
    }

    private static func quote(of text: String) -> Unicode.Scalar {
        text.contains("'") && !text.contains("\"") ? "\"" : "'"
    }

    private static func escaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar) -> String {
        switch scalar {
        case "\\": "\\\\"
        case quote: "\\\(quote)"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where isPrintable(scalar): String(scalar)
        case _ where scalar.value < 0x100: "\\x" + hexadecimal(scalar, width: 2)
        case _ where scalar.value < 0x10000: "\\u" + hexadecimal(scalar, width: 4)
        default: "\\U" + hexadecimal(scalar, width: 8)
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar, width: Int) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    /// As `str.isprintable`: all characters but the categories Other and Separator; the plain blank is printable.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if (0x20..<0x7F).contains(scalar.value) { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }
}
