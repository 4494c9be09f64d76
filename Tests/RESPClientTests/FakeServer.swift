import NIOCore
import NIOPosix
import RESPClient
import Synchronization

/// A server that answers as the test says: for what a real one does rarely, or not when asked.
struct FakeServer: Sendable {
    /// What it does about one command.
    enum Reaction: Sendable {
        case answer(String)
        /// The second part follows the first after this many milliseconds.
        case parts(String, String, after: Int64)
        case silence
        case hangUp
    }

    /// All commands so far, of all connections.
    final class Journal: Sendable {
        private let commands = Mutex<[[String]]>([])
        var commandsSoFar: [[String]] { commands.withLock { $0 } }
        func add(_ command: [String]) { commands.withLock { $0.append(command) } }
    }

    let port: Int
    let journal: Journal

    var configuration: RESPConfiguration { RESPConfiguration(address: .host("127.0.0.1", port: port)) }

    func count(of command: String) -> Int { journal.commandsSoFar.count { $0.first == command } }

    /// Runs one for the scope of `body`. To HELLO it says that it does not know it, to PING it answers, unless `react` says
    /// otherwise.
    static func run(
        _ react: @escaping @Sendable ([String]) -> Reaction?, _ body: (FakeServer) async throws -> Void
    ) async throws {
        let journal = Journal()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
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
        private let react: @Sendable ([String]) -> Reaction?
        private var parser = RESPParser()

        init(_ journal: Journal, _ react: @escaping @Sendable ([String]) -> Reaction?) {
            self.journal = journal
            self.react = react
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            parser.feed(unwrapInboundIn(data))
            do {
                while case .reply(let value)? = try parser.next() {
                    answer((value.elements ?? []).compactMap(\.text), context)
                }
            } catch {
                context.close(promise: nil)
            }
        }

        private func answer(_ command: [String], _ context: ChannelHandlerContext) {
            journal.add(command)
            switch react(command) ?? Self.usual(command) {
            case .answer(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .parts(let first, let second, let pause):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: first)), promise: nil)
                let channel = context.channel
                context.eventLoop.scheduleTask(in: .milliseconds(pause)) {
                    channel.writeAndFlush(ByteBuffer(string: second), promise: nil)
                }
            case .silence: break
            case .hangUp: context.close(promise: nil)
            }
        }

        private static func usual(_ command: [String]) -> Reaction {
            switch command.first {
            case "HELLO":
                let arguments = command.dropFirst().map { "`\($0)`" }.joined(separator: ", ")
                return .answer("-ERR unknown command `HELLO`, with args beginning with: \(arguments)\r\n")
            case "PING": return .answer("+PONG\r\n")
            default: return .answer("+OK\r\n")
            }
        }
    }
}
