/// An address that is safe to insert into an SMTP command and a mail header: ASCII without spaces, quotes, brackets and
/// control characters, so that it cannot carry further commands or headers.
///
/// Stricter than RFC 5321 (no quoted local parts, no address literals), as sign-up forms are.
struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    let description: String

    /// - Returns: `nil` if the text is not such an address.
    init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else {
            return nil
        }
        description = text
    }

    var domain: Substring { description.split(separator: "@")[1] }

    /// Dot-atom, RFC 5322, 3.2.3.
    private static func isLocalPart(_ text: Substring) -> Bool {
        let marks = "!#$%&'*+-/=?^_`{|}~"
        return text.utf8.count <= 64
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty && atom.allSatisfy { $0.isLetterOrDigit || marks.contains($0) }
            }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0.isLetterOrDigit || $0 == "-" }
            }
    }
}

extension EmailAddress: Codable {
    /// Decodes from a string. A call with an invalid address is refused before its task starts.
    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let address = EmailAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no e-mail address"))
        }
        self = address
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
