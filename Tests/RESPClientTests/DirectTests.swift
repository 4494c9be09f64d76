import Dispatch
import NIOCore
import RedisUnderTest
import Synchronization
import Testing

@testable import RESPClient

private typealias Change = (inout RESPConfiguration) -> Void

@Suite("calls that use the socket in their caller's thread", .serialized, .timeLimit(.minutes(15)))
struct DirectTests {
    /// A server that needs this long is still waited for.
    private let patient: Change = { $0.directWait = .milliseconds(10) }

    /// Calls until one was carried out while the event loop could do nothing.
    private func callDirectly(_ client: RESPClient, _ command: RESPCommand) async throws -> RESPValue {
        while true {
            // Each shows that a direct call would pay.
            _ = try await client.send(RESPCommand("PING"))
            let (blocked, release) = await block(client)
            let call = Task { try await client.send(command) }
            let isAnswered = Atomic(false)
            let watch = Task {
                defer { isAnswered.store(true, ordering: .releasing) }
                return try await call.value
            }
            let end = ContinuousClock.now + .milliseconds(300)
            while !isAnswered.load(ordering: .acquiring), ContinuousClock.now < end { try await Pause.briefly() }
            let wasDirect = isAnswered.load(ordering: .acquiring)
            release()
            await blocked.value
            let value = try await watch.value
            if wasDirect { return value }
        }
    }

    /// Blocks the client's event loop until the returned function is called.
    private func block(_ client: RESPClient) async -> (Task<Void, Never>, () -> Void) {
        let gate = Gate()
        let task = Task(executorPreference: client.executor) { gate.hold() }
        while !gate.isHeld { await Task.yield() }
        return (task, { gate.open() })
    }

    @Test("a lone call is answered while the event loop is blocked")
    func needsNoLoop() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: patient) { client async throws in
                #expect(try await callDirectly(client, RESPCommand("ECHO", "mine")).text == "mine")
                let answers = try await client.send([RESPCommand("ECHO", "a"), RESPCommand("NONSENSE")])
                #expect(answers.first?.text == "a" && answers.last?.isError == true)
                let results = try await client.transaction([RESPCommand("SET", "k", 1), RESPCommand("INCR", "k")])
                #expect(results == [.simple("OK"), .integer(2)])
            }
        }
    }

    @Test("every caller gets its own answers, whoever uses the socket", arguments: [Duration.zero, .microseconds(200)])
    func mixed(wait: Duration) async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: { $0.directWait = wait }) { client async throws in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for caller in 0..<6 {
                        group.addTask {
                            for number in 0..<300 {
                                // From the size of a word to one that no caller sends itself.
                                let text = "\(caller)-\(number)-" + String(repeating: "x", count: number * number / 2)
                                #expect(try await client.send(RESPCommand("ECHO", text)).text == text)
                                if number % 20 == caller { try await Pause.briefly() }
                            }
                        }
                    }
                    group.addTask {
                        // A caller on the event loop itself.
                        let onLoop = Task(executorPreference: client.executor) { () async throws in
                            for number in 0..<300 {
                                #expect(try await client.send(RESPCommand("ECHO", "\(number)")).text == "\(number)")
                            }
                        }
                        try await onLoop.value
                    }
                    try await group.waitForAll()
                }
                for number in 0..<100 {
                    #expect(try await client.send(RESPCommand("ECHO", "\(number)")).text == "\(number)")
                }
            }
        }
    }

    @Test("the event loop finishes what comes too late, also if a part of it came in time")
    func late() async throws {
        try await FakeServer.run {
            switch $0.first {
            case "GET": .parts("$5\r\nhe", "llo\r\n", after: 40)
            case "DEL": .parts("", ":3\r\n", after: 40)
            default: nil
            }
        } _: { server in
            try await withClient(server.configuration, changed: { $0.directWait = .milliseconds(1) }) {
                client async throws in
                for _ in 0..<5 {
                    _ = try await client.send(RESPCommand("SET", "k", "v"))
                    _ = try await client.send(RESPCommand("SET", "k", "v"))
                    #expect(try await client.send(RESPCommand("GET", "k")).text == "hello")
                    #expect(try await client.send([RESPCommand("DEL", "k"), RESPCommand("SET", "k", "v")]).count == 2)
                    let missed = await code {
                        _ = try await client.send(RESPCommand("DEL", "k"), deadline: .milliseconds(5))
                    }
                    #expect(missed == .deadlineExceeded)
                }
            }
        }
    }

    @Test("what is not asked for is passed over, and what is not RESP ends the connection")
    func oddAnswers() async throws {
        try await FakeServer.run {
            switch $0.first {
            case "GET": .answer(">2\r\n+news\r\n+x\r\n$1\r\nv\r\n")
            case "DEL": .answer(":1\r\n>2\r\n+news\r\n+x\r\n")
            case "INCR": .answer("HTTP/1.1 400 Bad Request\r\n")
            default: nil
            }
        } _: { server in
            try await withClient(server.configuration, changed: patient) { client async throws in
                for _ in 0..<4 {
                    for _ in 0..<3 { #expect(try await client.send(RESPCommand("SET", "k", "v")).text == "OK") }
                    #expect(try await client.send(RESPCommand("GET", "k")).text == "v")
                    #expect(try await client.send(RESPCommand("DEL", "k")).integer == 1)
                    #expect(await code { _ = try await client.send(RESPCommand("INCR", "n")) } == .protocolViolation)
                }
            }
        }
    }

    @Test("a connection that ends in the middle of a call may have carried it out, and is made again")
    func lost() async throws {
        try await FakeServer.run {
            $0.first == "INCR" ? .hangUp : nil
        } _: { server in
            try await withClient(server.configuration, changed: patient) { client async throws in
                for turn in 1...5 {
                    for _ in 0..<3 { #expect(try await client.send(RESPCommand("GET", "n")).text == "OK") }
                    #expect(await code { _ = try await client.send(RESPCommand("INCR", "n")) } == .connectionLost)
                    #expect(server.count(of: "INCR") == turn)
                }
            }
        }
    }

    @Test("a server that became a replica is left, and the call goes to the next connection")
    func misdirected() async throws {
        let isMaster = Atomic(false)
        try await FakeServer.run { command in
            guard command.first == "INCR" else { return nil }
            return isMaster.exchange(true, ordering: .relaxed)
                ? .answer(":1\r\n") : .answer("-READONLY You can't write against a read only replica.\r\n")
        } _: { server in
            try await withClient(server.configuration, changed: patient) { client async throws in
                for _ in 0..<4 {
                    for _ in 0..<3 { _ = try await client.send(RESPCommand("GET", "n")) }
                    isMaster.store(false, ordering: .relaxed)
                    #expect(try await client.send(RESPCommand("INCR", "n")).integer == 1)
                }
            }
        }
    }

    @Test("closing the client ends a call that uses the socket")
    func closed() async throws {
        try await FakeServer.run {
            $0.first == "INCR" ? .silence : nil
        } _: { server in
            for _ in 0..<10 {
                try await withClient(server.configuration, changed: patient) { client async throws in
                    for _ in 0..<3 { _ = try await client.send(RESPCommand("GET", "n")) }
                    let call = Task { await code { _ = try await client.send(RESPCommand("INCR", "n")) } }
                    try await Pause.briefly()
                    await client.close()
                    #expect(await call.value == .closed)
                }
            }
        }
    }

    @Test("a server that falls silent between two direct calls is given up by keep-alive")
    func silent() async throws {
        try await RedisServer.run { server in
            let change: Change = { configuration in
                configuration.keepAlive = .milliseconds(300)
                patient(&configuration)
            }
            try await withClient(server.configuration, changed: change) { client async throws in
                let id = try await callDirectly(client, RESPCommand("CLIENT", "ID")).integer
                var next = id
                for _ in 0..<20 where next == id {
                    _ = try await callDirectly(client, RESPCommand("PING"))
                    try await server.freeze()
                    // Nobody calls: the event loop must find out by itself.
                    try await Task.sleep(for: .milliseconds(1_500))
                    server.thaw()
                    try await client.waitUntilServed()
                    next = try await client.send(RESPCommand("CLIENT", "ID")).integer
                }
                #expect(next != id)
            }
        }
    }

    @Test("a shielded call of a cancelled task goes on; another one does not")
    func shielded() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client async throws in
                let task = Task {
                    while !Task.isCancelled { await Task.yield() }
                    #expect(try await client.send(RESPCommand("ECHO", "x"), isShielded: true).text == "x")
                    #expect(try await client.send([RESPCommand("ECHO", "x")], isShielded: true).first?.text == "x")
                    let script = RESPScript("return ARGV[1]")
                    #expect(try await client.run(script, keys: [], arguments: ["x"], isShielded: true).text == "x")
                    _ = try await client.send(RESPCommand("ECHO", "x"))
                }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }
    }
}

/// Holds a thread until it is opened.
private final class Gate: Sendable {
    private let holds = Atomic(false)
    private let opening = DispatchSemaphore(value: 0)

    var isHeld: Bool { holds.load(ordering: .acquiring) }

    func hold() {
        holds.store(true, ordering: .releasing)
        opening.wait()
    }

    func open() { opening.signal() }
}
