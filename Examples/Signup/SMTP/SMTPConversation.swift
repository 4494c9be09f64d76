import NIOCore

/// One conversation with a mail server: sends a command, waits for the reply.
struct SMTPConversation {
    typealias Inbound = NIOAsyncChannelInboundStream<SMTPReply>
    typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    private let channel: any Channel
    private var replies: Inbound.AsyncIterator
    private let outbound: Outbound
    /// How long each reply may take.
    private let limit: TimeAmount

    init(_ channel: any Channel, _ inbound: Inbound, _ outbound: Outbound, limit: TimeAmount) {
        self.channel = channel
        replies = inbound.makeAsyncIterator()
        self.outbound = outbound
        self.limit = limit
    }

    /// Sends one mail.
    ///
    /// - Returns: the server's reply when it accepted the mail.
    /// - Throws: ``TemporaryMailFailure``, ``PermanentMailFailure``, `CancellationError`.
    @concurrent mutating func deliver(_ mail: Mail) async throws -> SMTPReply {
        let data = try mail.transmission()
        _ = try await expect("the greeting")
        let extensions = try await say("EHLO \(mail.from.domain)").lines
        // Announced if the server supports it, since the text is UTF-8 (RFC 6152).
        let body = extensions.contains("8BITMIME") ? " BODY=8BITMIME" : ""
        _ = try await say("MAIL FROM:<\(mail.from)>\(body)")
        _ = try await say("RCPT TO:<\(mail.to)>")
        _ = try await say("DATA")
        let reply = try await say(data, "the mail")
        try await outbound.write(ByteBuffer(string: "QUIT\r\n"))
        return reply
    }

    @concurrent private mutating func say(_ command: String) async throws -> SMTPReply {
        try await say(command + "\r\n", command.prefix { $0 != ":" && $0 != "\r" }.description)
    }

    @concurrent private mutating func say(_ text: String, _ name: String) async throws -> SMTPReply {
        try await outbound.write(ByteBuffer(string: text))
        return try await expect(name)
    }

    /// - Parameter name: the command that the server replies to, for error messages.
    @concurrent private mutating func expect(_ name: String) async throws -> SMTPReply {
        let timer = channel.eventLoop.scheduleTask(in: limit) { [channel] in channel.close(promise: nil) }
        let reply = try await replies.next()
        timer.cancel()
        guard let reply else {
            try Task.checkCancellation()
            throw TemporaryMailFailure("the mail server hung up, or took too long, at \(name)")
        }
        if reply.isPositive { return reply }
        if reply.isPermanent { throw PermanentMailFailure("\(name): \(reply)") }
        throw TemporaryMailFailure("\(name): \(reply)")
    }
}
