public import CeleriacCore
import Synchronization

extension MemoryStore: ControlChannel {
    public func broadcast(_ command: ControlCommand) async throws {
        _ = switchboard.withLock { $0.send(command, answeringTo: nil) }
    }

    /// The store knows which nodes listen, so it waits for no others.
    public func ask(_ command: ControlCommand, timeout: Duration) async throws -> [ControlReply] {
        let (stream, replies) = AsyncStream.makeStream(of: ControlReply?.self)
        let count = switchboard.withLock { $0.send(command, answeringTo: replies) }
        let deadline = time.uptime + timeout
        let gathered = await withTaskGroup(of: Void.self) { [time] group in
            group.addTask {
                // If cancelled, it also ends the stream, which nothing reads any longer.
                try? await time.sleep(untilUptime: deadline)
                replies.finish()
            }
            defer { group.cancelAll() }
            return await Self.gather(count, from: stream)
        }
        try Task.checkCancellation()
        return gathered
    }

    public func serve(
        as node: String, hearing hear: (@Sendable (_ clock: Int64) -> Void)?,
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        let (stream, commands) = AsyncStream.makeStream(of: ControlCall.self)
        let listener = switchboard.withLock { $0.add(node, commands, hearing: hear) }
        defer { switchboard.withLock { $0.remove(listener) } }
        await isListening()
        for await call in stream { call.answer(await handle(call.command)) }
        throw CancellationError()
    }

    private static func gather(_ count: Int, from stream: AsyncStream<ControlReply?>) async -> [ControlReply] {
        var replies: [ControlReply] = []
        var answers = stream.makeAsyncIterator()
        for _ in 0..<count {
            guard let answer = await answers.next() else { break }
            if let answer { replies.append(answer) }
        }
        return replies
    }
}
