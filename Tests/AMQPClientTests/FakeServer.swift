import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import AMQPClient

/// A server that answers as the test says: for what a real one does rarely, or not when asked.
struct FakeServer: Sendable {
    /// What it does about one method.
    enum Reaction: Sendable {
        case answer([AMQPClient.Method])
        case bytes([UInt8])
        case silence
        case hangUp
        /// Answers, and reads nothing any longer.
        case answerLast(AMQPClient.Method)
    }

    /// All methods so far, of all connections.
    final class Journal: Sendable {
        private let methods = Mutex<[AMQPClient.Method]>([])
        var methodsSoFar: [AMQPClient.Method] { methods.withLock { $0 } }
        func add(_ method: AMQPClient.Method) { methods.withLock { $0.append(method) } }
    }

    let port: Int
    let journal: Journal

    func count(of name: String) -> Int { journal.methodsSoFar.count { "\($0.id)" == name } }

    /// Runs one for the scope of `body`. It carries out the handshake and opens channels, unless `react` says otherwise.
    static func run(
        tls: TLSConfiguration? = nil, _ react: @escaping @Sendable (AMQPClient.Method) -> Reaction? = { _ in nil },
        _ body: (FakeServer) async throws -> Void
    ) async throws {
        let journal = Journal()
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Handler(journal, react))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(FakeServer(channel.localAddress?.port ?? 0, journal))) } catch {
            result = .failure(error)
        }
        try await channel.close()
        try result.get()
    }

    private init(_ port: Int, _ journal: Journal) {
        self.port = port
        self.journal = journal
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let journal: Journal
        private let react: @Sendable (AMQPClient.Method) -> Reaction?
        private var reader = FrameReader(limit: 1 << 20)
        private var hasHeader = false

        init(_ journal: Journal, _ react: @escaping @Sendable (AMQPClient.Method) -> Reaction?) {
            self.journal = journal
            self.react = react
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            if !hasHeader {
                bytes.moveReaderIndex(forwardBy: 8)
                hasHeader = true
                answer(.connection(.start()), 0, context)
            }
            reader.feed(bytes)
            do {
                while let frame = try reader.next() {
                    guard frame.kind == .method else { continue }
                    try take(AMQPClient.Method(from: frame.payload), frame.channel, context)
                }
            } catch {
                context.close(promise: nil)
            }
        }

        private func take(
            _ method: AMQPClient.Method, _ channel: UInt16, _ context: ChannelHandlerContext
        ) throws {
            journal.add(method)
            switch react(method) ?? Self.usual(method) {
            case .answer(let methods): for method in methods { answer(method, channel, context) }
            case .bytes(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .silence: break
            case .hangUp: context.close(promise: nil)
            case .answerLast(let method):
                answer(method, channel, context)
                _ = context.channel.setOption(.autoRead, value: false)
            }
        }

        private func answer(_ method: AMQPClient.Method, _ channel: UInt16, _ context: ChannelHandlerContext) {
            var bytes = ByteBuffer()
            do {
                try bytes.write(method, channel: channel, limit: 1 << 20)
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            } catch {
                context.close(promise: nil)
            }
        }

        private static func usual(_ method: AMQPClient.Method) -> Reaction {
            switch method {
            case .connection(.startOk):
                .answer([.connection(.tune(.init(channelMax: 9, frameMax: 131_072, heartbeat: 0)))])
            case .connection(.open): .answer([.connection(.openOk)])
            case .connection(.close): .answer([.connection(.closeOk)])
            case .channel(.open): .answer([.channel(.openOk)])
            case .channel(.close): .answer([.channel(.closeOk)])
            case .confirm(.select): .answer([.confirm(.selectOk)])
            case .basic(.qos): .answer([.basic(.qosOk)])
            default: .silence
            }
        }
    }
}
