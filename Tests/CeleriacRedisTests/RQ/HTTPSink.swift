import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server that keeps what it is told, and answers as the test says.
struct HTTPSink: Sendable {
    struct Request: Sendable {
        var method = ""
        var path = ""
        var headers: [String: String] = [:]
        var body = ""
    }

    /// What it does about a request.
    enum Reaction: Sendable {
        case answer(HTTPResponseStatus, HTTPHeaders = [:])
        case silence
    }

    let port: Int
    private let kept: Kept

    var requests: [Request] { kept.requests.withLock { $0 } }

    /// Runs one for the scope of `body`.
    static func run(
        _ react: @escaping @Sendable (Request) -> Reaction = { _ in .answer(.ok) },
        _ body: (HTTPSink) async throws -> Void
    ) async throws {
        let kept = Kept()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(kept, react))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(HTTPSink(port: channel.localAddress?.port ?? 0, kept: kept))) } catch {
            result = .failure(error)
        }
        try await channel.close()
        try result.get()
    }

    /// Waits until so many have come.
    func untilRequests(_ count: Int) async {
        while requests.count < count, !Task.isCancelled { await Task.yield() }
    }

    private final class Kept: Sendable {
        let requests = Mutex<[Request]>([])
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let kept: Kept
        private let react: @Sendable (Request) -> Reaction
        private var request = Request()

        init(_ kept: Kept, _ react: @escaping @Sendable (Request) -> Reaction) {
            self.kept = kept
            self.react = react
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(method: head.method.rawValue, path: head.uri)
                for header in head.headers { request.headers[header.name] = header.value }
            case .body(let buffer): request.body += String(buffer: buffer)
            case .end:
                let request = request
                kept.requests.withLock { $0.append(request) }
                guard case .answer(let status, let headers) = react(request) else { return }
                let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
