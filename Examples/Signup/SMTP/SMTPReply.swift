import NIOCore

/// A server's reply: a code of three digits, and text for people (RFC 5321, 4.2).
struct SMTPReply: Sendable, Equatable, CustomStringConvertible {
    let code: Int
    let lines: [String]

    var isPositive: Bool { (200..<400).contains(code) }
    var isPermanent: Bool { (500..<600).contains(code) }

    var description: String { "\(code) \(lines.joined(separator: " "))" }
}

/// Collects the lines of a reply: `250-first`, `250-second`, `250 last`.
struct SMTPReplyDecoder: NIOSingleStepByteToMessageDecoder {
    typealias InboundOut = SMTPReply

    private static let longestLine = 2048
    private static let mostLines = 100

    private var lines: [String] = []

    /// - Throws: ``TemporaryMailFailure`` if the bytes are not SMTP.
    mutating func decode(buffer: inout ByteBuffer) throws -> SMTPReply? {
        while let line = try nextLine(&buffer) {
            let digits = line.prefix(3)
            guard digits.utf8.count == 3, let code = Int(digits), (200..<600).contains(code) else {
                throw TemporaryMailFailure("the mail server speaks no SMTP")
            }
            lines.append(String(line.dropFirst(4)))
            guard lines.count <= Self.mostLines else {
                throw TemporaryMailFailure("the mail server's reply has no end")
            }
            if line.dropFirst(3).first == "-" { continue }
            defer { lines = [] }
            return SMTPReply(code: code, lines: lines)
        }
        return nil
    }

    mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> SMTPReply? {
        try decode(buffer: &buffer)
    }

    private func nextLine(_ buffer: inout ByteBuffer) throws -> String? {
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else {
            if buffer.readableBytes > Self.longestLine {
                throw TemporaryMailFailure("the mail server's line has no end")
            }
            return nil
        }
        let line = buffer.readString(length: end - buffer.readerIndex + 1) ?? ""
        return String(line.prefix { !$0.isNewline })
    }
}
