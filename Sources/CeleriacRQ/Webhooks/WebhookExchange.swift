import NIOCore
import NIOHTTP1
import NIOPosix
import RESPClient
import SocketKit

/// Sends one request over its own connection and reads the status of the response. The rest of the response is not
/// read, and redirects are not followed.
struct WebhookExchange: Sendable {
    let request: WebhookRequest
    let loop: any EventLoop

    /// - Returns: the status of the response.
    /// - Throws: the error that prevented a response; `CancellationError` when cancelled.
    func run() async throws -> Int {
        let answer = loop.makePromise(of: Int.self)
        let deadline = loop.scheduleTask(in: TimeAmount(request.timeout)) {
            answer.fail(WebhookRequest.Refusal(description: "no answer within \(request.timeout)"))
        }
        defer { deadline.cancel() }
        connect(answer)
        return try await withTaskCancellationHandler {
            try await answer.futureResult.get()
        } onCancel: {
            answer.fail(CancellationError())
        }
    }

    private func connect(_ answer: EventLoopPromise<Int>) {
        let connected = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(request.timeout))
            .channelInitializer { [request] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if request.isEncrypted {
                        try ClientTLS(TLSSettings(), host: request.host) { RESPError(.misconfigured, $0) }
                            .addHandlers(to: pipeline)
                    }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(WebhookHandler(request, answer))
                }
            }
            .connect(host: request.host, port: request.port)
        connected.whenFailure { answer.fail($0) }
        connected.whenSuccess { channel in
            answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
    }
}

/// Sends the request once the connection is established, and reads the status of the response.
private final class WebhookHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: WebhookRequest
    private let answer: EventLoopPromise<Int>

    init(_ request: WebhookRequest, _ answer: EventLoopPromise<Int>) {
        self.request = request
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenFailure { [answer] in answer.fail($0) }
        context.write(wrapOutboundOut(.head(request.head)), promise: written)
        if let body = request.body {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { answer.succeed(Int(head.status.code)) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(WebhookRequest.Refusal(description: "the connection was closed without an answer"))
        context.fireChannelInactive()
    }
}
