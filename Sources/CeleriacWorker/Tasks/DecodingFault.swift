import CeleriacCore

/// Why an argument could not be decoded, said once: a `DecodingError` repeats the text of its cause.
struct DecodingFault: Error, CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        switch error as? DecodingError {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let cause = context.underlyingError
            let reason = (cause as? JSONError)?.reason ?? cause.map { "\($0)" } ?? context.debugDescription
            description = reason + Self.place(context.codingPath)
        case .keyNotFound(let key, let context):
            description = "member \"\(key.stringValue)\" is missing" + Self.place(context.codingPath)
        default: description = "\(error)"
        }
    }

    /// ` at .lines[2].price`; empty for the argument as a whole.
    private static func place(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "" }
        return " at " + path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
    }
}
