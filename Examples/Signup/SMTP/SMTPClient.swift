import NIOCore
import NIOPosix

/// Sends mails through one server, without TLS and login, as to a relay on the same host (RFC 5321).
struct SMTPClient: Mailer {
    let host: String
    let port: Int
    let sender: EmailAddress
    /// How long connecting may take, and how long each reply may take.
    var limit: TimeAmount = .seconds(20)

    func send(_ mail: Mail) async throws -> String {
        let connection = try await connect()
        do {
            return try await connection.executeThenClose { inbound, outbound in
                var conversation = SMTPConversation(connection.channel, inbound, outbound, limit: limit)
                return try await conversation.deliver(mail).description
            }
        } catch let error as any Error & CustomStringConvertible where error is ChannelError || error is IOError {
            throw TemporaryMailFailure("the connection to the mail server broke: \(error)")
        }
    }

    private func connect() async throws -> NIOAsyncChannel<SMTPReply, ByteBuffer> {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(limit)
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(SMTPReplyDecoder()))
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw TemporaryMailFailure("no mail server answers at \(host):\(port): \(error)")
        }
    }
}
