import NIOCore
import NIOPosix
import RESPClient

/// A server that lets everybody in, and then answers as the test says.
struct LyingServer: Sendable {
    let configuration: RESPConfiguration

    /// - Parameter answer: RESP text for a command's words; `nil` = OK.
    static func run(
        _ answer: @escaping @Sendable ([String]) -> String?, _ body: (LyingServer) async throws -> Void
    ) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        var configuration = RESPConfiguration(address: .host("127.0.0.1", port: channel.localAddress?.port ?? 0))
        configuration.prefersRESP3 = false
        configuration.deadline = .seconds(20)
        let result: Result<Void, any Error>
        do { result = .success(try await body(LyingServer(configuration: configuration))) } catch {
            result = .failure(error)
        }
        try await channel.close()
        try result.get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: @Sendable ([String]) -> String?
        private var parser = RESPParser()

        init(_ answer: @escaping @Sendable ([String]) -> String?) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            parser.feed(unwrapInboundIn(data))
            do {
                while case .reply(let value)? = try parser.next() {
                    let words = (value.elements ?? []).compactMap(\.text)
                    let text = Self.welcome(words) ?? answer(words) ?? "+OK\r\n"
                    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                }
            } catch {
                context.close(promise: nil)
            }
        }

        /// What belongs to the making of a connection.
        private static func welcome(_ words: [String]) -> String? {
            switch words.first {
            case "HELLO": "-ERR unknown command `HELLO`\r\n"
            case "PING": "+PONG\r\n"
            case "SELECT", "CLIENT", "AUTH": "+OK\r\n"
            default: nil
            }
        }
    }
}
