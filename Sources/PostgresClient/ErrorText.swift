/// Cleans the texts of libpq and of the server.
enum ErrorText {
    /// The lines of a connection's error, without DETAIL, HINT and the place in the server's source.
    static func line(of text: UnsafePointer<CChar>?) -> String {
        let lines = lines(of: text)
        return lines.isEmpty ? unknown : lines.joined(separator: "; ")
    }

    /// The last of these lines. Those before it may be errors of statements, which quote values.
    static func lastLine(of text: UnsafePointer<CChar>?) -> String { lines(of: text).last ?? unknown }

    private static let unknown = "the connection broke"

    private static func lines(of text: UnsafePointer<CChar>?) -> [String] {
        guard let text else { return [] }
        // libpq's own hints are indented.
        return String(cString: text).split(whereSeparator: \.isNewline).map(String.init).filter { line in
            !line.hasPrefix("\t") && !["DETAIL:", "HINT:", "LOCATION:"].contains { line.hasPrefix($0) }
        }
    }

    /// The server's primary message, without the values that it quotes: those of class 22, data exceptions, do.
    static func message(_ message: String, sqlState: String?) -> String {
        guard sqlState?.hasPrefix("22") == true else { return message }
        // From the first to the last quotation mark, since a quoted value may contain some itself.
        var text = message
        if let first = text.firstIndex(of: "\""), let last = text.lastIndex(of: "\""), first != last {
            text.replaceSubrange(first...last, with: "\"…\"")
        }
        // invalid byte sequence for encoding "UTF8": 0xc3 0x28
        if let bytes = text.firstRange(of: ": 0x") { text.removeSubrange(bytes.lowerBound...) }
        return text
    }

    /// Finds the SQLSTATE in a verbose error of a failed login: "FATAL:  28P01: password authentication failed".
    ///
    /// libpq hands out no error fields before the login is over.
    static func sqlState(in text: String) -> String? {
        let parts = text.split(separator: ": ")
        return parts.lazy.map { $0.drop { $0 == " " } }.first { part in
            part.count == 5 && part.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
                && part.utf8.contains { (48...57).contains($0) }
        }.map(String.init)
    }
}
