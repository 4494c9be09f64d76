import Foundation

/// A plain text mail.
struct Mail: Sendable {
    let from: EmailAddress
    let to: EmailAddress
    let subject: String
    let text: String
    /// The base of the Message-ID. Two mails with the same one are duplicates, of which a mail program may drop one.
    let id: String
    let date: Date

    /// The mail as it is sent after `DATA`: headers, body, and the line with a dot that ends it.
    ///
    /// - Throws: ``PermanentMailFailure`` if the subject contains a line break, which could start another header.
    func transmission() throws -> String {
        guard !subject.contains(where: \.isNewline) else {
            throw PermanentMailFailure("the subject holds a line break")
        }
        let lines =
            headers + [""] + text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(stuffed)
        return lines.joined(separator: "\r\n") + "\r\n.\r\n"
    }

    private var headers: [String] {
        [
            "Date: \(date.formatted(Self.dateFormat))", "From: \(from)", "To: \(to)",
            "Message-ID: <\(id.filter(Self.isIDCharacter))@\(from.domain)>", "Subject: \(encodedSubject)",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
        ]
    }

    /// A line that starts with a dot gets a second dot, since a single dot could end the mail (RFC 5321, 4.5.2).
    private func stuffed(_ line: Substring) -> String { line.hasPrefix(".") ? ".\(line)" : String(line) }

    /// The subject as encoded words of at most 75 characters each, if it is not plain ASCII or is very long (RFC 2047,
    /// 2).
    private var encodedSubject: String {
        guard !subject.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) || subject.utf8.count > 900 else {
            return subject
        }
        var words: [String] = [""]
        for character in subject {
            if words[words.count - 1].utf8.count + character.utf8.count > 45 { words.append("") }
            words[words.count - 1].append(character)
        }
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func isIDCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == ".")
    }

    /// The date format of RFC 5322, 3.3.
    private static let dateFormat = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
            \(second: .twoDigits) +0000
            """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian)
    )
}
