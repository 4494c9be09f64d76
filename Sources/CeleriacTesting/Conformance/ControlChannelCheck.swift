public import CeleriacCore

/// A promise of every ``ControlChannel``.
public typealias ControlChannelCheck = Check<any ControlChannel>

extension Check where Subject == any ControlChannel {
    public static var all: [ControlChannelCheck] { asking + addressing }

    static var asking: [ControlChannelCheck] {
        [
            ControlChannelCheck("a command is answered by the node that it is for") { channel, time in
                try await channel.withNodes(["a@host"]) { commands in
                    let command = ControlCommand("rate_limit", ["task_name": "tests.sample"], to: ["a@host"])
                    let replies = try await channel.ask(command)
                    try expect(replies, is: [ControlReply(node: "a@host", value: "a@host did rate_limit")], "replies")
                    try expect(await commands.next()?.arguments, is: command.arguments, "arguments")
                }
            },
            ControlChannelCheck("every node that is meant answers") { channel, time in
                let names = ["a@host", "b@host", "c@host"]
                try await channel.withNodes(names) { _ in
                    let replies = try await channel.ask(ControlCommand("ping", to: names))
                    try expect(replies.map(\.node).sorted(), is: names, "nodes")
                }
            },
            ControlChannelCheck("where nobody answers the replies are empty, once the time is over") { channel, time in
                let replies = try await channel.askInVain(ControlCommand("ping", to: ["nobody@host"]), time)
                try expect(replies, is: [], "replies")
            },
            ControlChannelCheck("a node that is silent is not among the replies") { channel, time in
                try await channel.withNodes(["a@host", "b@host"]) { _ in
                    let replies = try await channel.askInVain(ControlCommand("be silent", to: ["a@host"]), time)
                    try expect(replies, is: [], "replies")
                }
            },
            ControlChannelCheck("replies go to who asked, though others ask at the same time") { channel, time in
                try await channel.withNodes(["a@host"]) { _ in
                    async let first = channel.ask(ControlCommand("one", to: ["a@host"]))
                    async let second = channel.ask(ControlCommand("two", to: ["a@host"]))
                    try expect(await first.map(\.value), is: ["a@host did one"], "first replies")
                    try expect(await second.map(\.value), is: ["a@host did two"], "second replies")
                }
            },
            ControlChannelCheck("a reply is any JSON, and so are arguments") { channel, time in
                let value: JSONValue = [
                    "texts": .array(BrokerCheck.hostileTexts.map { .string($0) }), "none": nil,
                    "big": 9_007_199_254_740_993, "half": 0.5, "deep": [[[[["x": []]]]]],
                ]
                try await channel.withNodes(["a@host"]) { commands in
                    let replies = try await channel.ask(ControlCommand("echo", ["value": value], to: ["a@host"]))
                    try expect(replies.first?.value, is: value, "reply")
                }
            },
        ]
    }

    static var addressing: [ControlChannelCheck] {
        [
            ControlChannelCheck("a broadcast reaches every node") { channel, _ in
                try await channel.withNodes(["a@host", "b@host"]) { commands in
                    try await channel.broadcast(ControlCommand("shutdown"))
                    let heard = [await commands.next(), await commands.next()]
                    try expect(heard.compactMap { $0?.name }, is: ["shutdown", "shutdown"], "commands heard")
                }
            },
            ControlChannelCheck("commands reach a node in the order in which they were sent") { channel, _ in
                try await channel.withNodes(["a@host"]) { commands in
                    for number in 0..<20 { try await channel.broadcast(ControlCommand("command-\(number)")) }
                    for number in 0..<20 {
                        try expect(await commands.next()?.name, is: "command-\(number)", "command")
                    }
                }
            },
            ControlChannelCheck("a command for others is left out") { channel, _ in
                try await channel.withNodes(["a@host"]) { commands in
                    try await channel.broadcast(ControlCommand("one", to: ["b@host"]))
                    try await channel.broadcast(ControlCommand("two", pattern: .init("b@*")))
                    try await channel.broadcast(ControlCommand("three"))
                    try expect(await commands.next()?.name, is: "three", "command heard first")
                }
            },
            ControlChannelCheck("a pattern reaches the nodes whose names fit it") { channel, _ in
                try await channel.withNodes(["a@host"]) { commands in
                    for pattern: ControlCommand.Pattern in [.init("a@*"), .init("?@h[a-o]st"), .init("a@h.+", .pcre)] {
                        try await channel.broadcast(ControlCommand("ping", pattern: pattern))
                        try expect(await commands.next()?.pattern, is: pattern, "pattern heard")
                    }
                }
            },
            ControlChannelCheck("a node hears the clocks of other workers' events, not of tasks' and not its own") {
                channel, time in
                guard let events = channel as? any EventChannel else { return }
                try await channel.withListener("a@host") { clocks in
                    try await events.emit([
                        MonitorEvent(.taskStarted, from: "b@host", pid: 1, clock: 1, at: time.now),
                        MonitorEvent(.workerHeartbeat, from: "a@host", pid: 1, clock: 2, at: time.now),
                        MonitorEvent(.workerHeartbeat, from: "b@host", pid: 1, clock: 70_000, at: time.now),
                    ])
                    try expect(await clocks.next(), is: 70_000, "clock heard first")
                }
            },
            ControlChannelCheck("who serves can be cancelled, and then hears nothing") { channel, time in
                try await channel.withNodes(["a@host"]) { _ in }
                try expect(await channel.askInVain(ControlCommand("ping", to: ["a@host"]), time), is: [], "replies")
            },
        ]
    }
}

extension ControlChannel {
    /// Sends a command that all nodes answer, so that the clock need not move.
    fileprivate func ask(_ command: ControlCommand) async throws -> [ControlReply] {
        try await ask(command, timeout: .seconds(1))
    }

    /// Sends a command that some node does not answer, and moves the clock until the timeout has passed.
    fileprivate func askInVain(_ command: ControlCommand, _ time: ManualTime) async throws -> [ControlReply] {
        try await time.advance(in: .milliseconds(10)) { try await ask(command, timeout: .seconds(1)) }
    }

    /// Serves as a node while `body` runs, and passes it the clocks that the node hears.
    fileprivate func withListener(_ name: String, _ body: (Heard<Int64>) async throws -> Void) async throws {
        let (clocks, listening) = (Heard<Int64>(), Heard<Void>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await expectCancelled {
                    try await serve(
                        as: name, hearing: { clocks.hear($0) }, isListening: { listening.hear(()) }
                    ) { $0.answer(by: name) }
                }
            }
            _ = await listening.next()
            try await body(clocks)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Serves as several nodes while `body` runs, and passes it the commands that they hear.
    fileprivate func withNodes(
        _ names: [String], _ body: (Heard<ControlCommand>) async throws -> Void
    ) async throws {
        let heard = Heard<ControlCommand>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let listening = Heard<Void>()
            for name in names {
                group.addTask {
                    try await expectCancelled {
                        try await serve(as: name, isListening: { listening.hear(()) }) { command in
                            heard.hear(command)
                            return command.answer(by: name)
                        }
                    }
                }
            }
            for _ in names { _ = await listening.next() }
            try await body(heard)
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

extension ControlCommand {
    fileprivate func answer(by node: String) -> ControlResponse {
        switch name {
        case "be silent": .silence
        case "echo": .reply(arguments["value"] ?? .null)
        default: .reply(.string("\(node) did \(name)"))
        }
    }
}
