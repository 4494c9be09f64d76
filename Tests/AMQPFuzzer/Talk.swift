import NIOCore

@testable import AMQPClient

/// A machine between a server that the input speaks for and callers that it asks for.
///
/// An octet below 16 is a step of a caller, or of time. A higher one stands before that many bytes of the server, less 15.
struct Talk {
    private var machine: ConnectionMachine
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var calls: [Call] = []
    private var channels: [ChannelKey] = []
    private var mailboxes: [Mailbox] = []
    /// Reads what the machine sends.
    private var server = FrameReader(limit: 131_072)
    private var isGreeted = false

    /// What must hold: nothing traps, no more than a frame is kept, all that is sent is AMQP, and every call ends with
    /// the connection.
    static func hold(_ input: [UInt8], isOpen: Bool) {
        var talk = Talk()
        if isOpen { talk.open() }
        var rest = input[...]
        while let octet = rest.popFirst() {
            if octet < 16 {
                talk.step(octet)
            } else {
                let part = rest.prefix(Int(octet) - 15)
                rest = rest.dropFirst(part.count)
                talk.machine.received(ByteBuffer(bytes: part), at: talk.now)
            }
            talk.carryOut()
        }
        talk.machine.transportEnded(.closedByServer)
        talk.carryOut()
        precondition(talk.machine.error != nil, "the connection outlives its transport")
        precondition(talk.calls.allSatisfy(\.isFinished), "a call outlives its connection")
    }

    private init() {
        var configuration = AMQPConfiguration()
        configuration.largestBody = 1 << 16
        configuration.mostChannels = 3
        machine = ConnectionMachine(configuration, now: now)
    }

    /// Logs in, and opens a channel with one of everything.
    private mutating func open() {
        let tuning = ConnectionMethod.Tuning(channelMax: 3, frameMax: 4096, heartbeat: 10)
        let start = ConnectionMethod.start(
            major: 0, minor: 9, serverProperties: [:], mechanisms: "PLAIN", locales: "en_US")
        for method in [start, .tune(tuning), .openOk] { say(.connection(method), channel: 0) }
        step(0)
        say(.channel(.openOk), channel: 1)
        for octet: UInt8 in [1, 3, 4, 5, 6] { step(octet) }
        carryOut()
    }

    private mutating func say(_ method: AMQPClient.Method, channel: UInt16) {
        var bytes = ByteBuffer()
        guard (try? bytes.write(method, channel: channel, limit: 4096)) != nil else { return }
        machine.received(bytes, at: now)
        carryOut()
    }

    private mutating func step(_ octet: UInt8) {
        switch octet {
        case 0: send(.openChannel(Ending()), on: nil)
        case 1, 2: consume(noAck: octet == 2)
        case 3: send(.publish(AMQPMessage(routingKey: "a")))
        case 4: send(.publishAll((0..<3).map { AMQPMessage(exchange: "e", routingKey: "\($0)", body: [1, 2]) }))
        case 5: send(.ask(.basic(.get(queue: "q", noAck: false))))
        case 6: send(.ask(.queue(.purge(queue: "q"))))
        case 7: send(.closeChannel)
        case 8: if let key = channels.last { machine.settle(.ack(tag: 1, isMultiple: true), on: key) }
        case 9: if let key = channels.last { machine.abandon(consumer: "c\(mailboxes.count)", on: key) }
        case 10: if let key = channels.popLast() { machine.abandon(key) }
        case 11: machine.askToClose()
        case 12: wait()
        case 13: machine.isPaused.toggle()
        case 14: calls.last?.finish(.failure(CancellationError()))
        default: if let key = channels.first { channels.append(key) }
        }
    }

    private mutating func send(_ request: Call.Request) {
        if let key = channels.last { send(request, on: key) }
    }

    private mutating func send(_ request: Call.Request, on key: ChannelKey?) {
        guard calls.count < 1000 else { return }
        let call = Call(request, on: key, due: now + .seconds(20))
        calls.append(call)
        _ = machine.send(call)
    }

    private mutating func consume(noAck: Bool) {
        let mailbox = Mailbox()
        mailboxes.append(mailbox)
        send(
            .consume(
                .init(queue: "q", consumerTag: "c\(mailboxes.count)", noAck: noAck), prefetch: noAck ? nil : 5,
                mailbox))
    }

    private mutating func wait() {
        now = now + .seconds(7)
        let checkUp = machine.checkUp(at: now)
        for call in checkUp.expired { call.expire() }
        if checkUp.isDead { machine.transportEnded(.closedByServer) }
    }

    // MARK: The handler's part

    private mutating func carryOut() {
        while case let events = machine.takeEvents(), !events.isEmpty {
            for event in events { carryOut(event) }
        }
        precondition(machine.held <= 131_072 + 255, "more than a frame is kept")
        guard var bytes = machine.takeBytes(at: now) else { return }
        if !isGreeted {
            precondition(bytes.readBytes(length: 8) == Frame.protocolHeader, "the greeting is missing")
            isGreeted = true
        }
        server.feed(bytes)
        do {
            while let frame = try server.next() {
                if frame.kind == .method { _ = try AMQPClient.Method(from: frame.payload) }
                if frame.kind == .header { _ = try ContentHeader(from: frame.payload) }
            }
        } catch {
            preconditionFailure("the client sends \(error)")
        }
        precondition(server.held == 0, "the client sends a part of a frame")
    }

    private mutating func carryOut(_ event: Event) {
        switch event {
        case .answered(let call, let answer):
            if case .channel(let key) = answer { channels.append(key) }
            guard !call.finish(.success(answer)) else { return }
            if case .delivery(let delivery) = answer { machine.giveBack([delivery], on: delivery.channel) }
            if case .channel(let key) = answer { machine.abandon(key) }
        case .settled(let settled): settled.call.settle(settled.index, settled.outcome)
        case .failed(let call, let error): call.fail(error)
        case .delivered(let mailbox, let delivery): _ = mailbox.put([delivery])
        case .consumerEnded(let mailbox, let error): mailbox.close(error)
        case .channelEnded(let key, _): channels.removeAll { $0 == key }
        case .opened, .blocked, .ended: break
        }
    }
}
