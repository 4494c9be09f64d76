import NIOCore
import Testing

@testable import AMQPClient

@Suite("the handshake")
struct HandshakeTests {
    private typealias Tuning = ConnectionMethod.Tuning

    @Test("the protocol header, start-ok, tune-ok and open go out as py-amqp sends them")
    func handshake() throws {
        var talk = Conversation()
        #expect(
            talk.machine.takeBytes(at: talk.now).map { Array($0.readableBytesView) } == Array("AMQP".utf8) + [
                0, 0, 9, 1,
            ])
        try talk.say(.connection(.start()))
        guard
            case .connection(.startOk(let properties, let mechanism, let response, "en_US"))? = try talk.sentMethods()
                .first
        else { throw AMQPError.unexpectedAnswer }
        #expect(mechanism == "PLAIN" && response == Array("\0guest\0guest".utf8))
        let capabilities = try #require(properties["capabilities"]?.table)
        for name in [
            "publisher_confirms", "consumer_cancel_notify", "connection.blocked", "basic.nack",
            "authentication_failure_close", "exchange_exchange_bindings", "per_consumer_qos",
        ] {
            #expect(capabilities[name] == true)
        }
        try talk.say(.connection(.tune(Tuning(channelMax: 2047, frameMax: 131_072, heartbeat: 60))))
        let agreed = Tuning(channelMax: 2047, frameMax: 131_072, heartbeat: 10)
        #expect(try talk.sentMethods() == [.connection(.tuneOk(agreed)), .connection(.open(virtualHost: "/"))])
        try talk.say(.connection(.openOk))
        guard case .opened(let negotiated)? = talk.machine.takeEvents().first else { throw AMQPError.unexpectedAnswer }
        #expect(negotiated.serverProperties == ["product": "Test"] && negotiated.heartbeat == 10)
    }

    @Test(
        "the login follows the configuration and the server's offer",
        arguments: [
            (nil, "AMQPLAIN PLAIN", "PLAIN"), (nil, "AMQPLAIN", "AMQPLAIN"), (.amqplain, "PLAIN AMQPLAIN", "AMQPLAIN"),
            (.external, "PLAIN EXTERNAL", "EXTERNAL"), (.external, "PLAIN", nil), (nil, "SCRAM", nil),
        ] as [(AMQPConfiguration.Mechanism?, String, String?)])
    func mechanisms(configured: AMQPConfiguration.Mechanism?, offered: String, chosen: String?) throws {
        var configuration = AMQPConfiguration(user: "us\u{e9}r", password: "hunter2")
        configuration.mechanism = configured
        var talk = Conversation(configuration)
        try talk.say(.connection(.start(offered)))
        guard case .connection(.startOk(_, let mechanism, let response, _))? = try talk.sentMethods().first else {
            #expect(chosen == nil && talk.machine.error?.code == .misconfigured)
            #expect(talk.machine.error?.message.contains(offered) == true, "it says what is offered")
            return
        }
        #expect(mechanism == chosen)
        switch mechanism {
        case "PLAIN": #expect(response == Array("\0us\u{e9}r\0hunter2".utf8))
        case "EXTERNAL": #expect(response.isEmpty)
        default:
            let count = [UInt8(0), 0, 0, UInt8(response.count)]
            var table = ByteBuffer(bytes: count + response)
            #expect(try table.table() == ["LOGIN": "us\u{e9}r", "PASSWORD": "hunter2"])
        }
    }

    @Test(
        "the smaller side counts, and zero is no limit",
        arguments: [
            (
                Tuning(channelMax: 0, frameMax: 0, heartbeat: 0),
                Tuning(channelMax: 2047, frameMax: 131_072, heartbeat: 10)
            ),
            (Tuning(channelMax: 8, frameMax: 4096, heartbeat: 3), Tuning(channelMax: 8, frameMax: 4096, heartbeat: 3)),
            (
                Tuning(channelMax: 65_535, frameMax: .max, heartbeat: 600),
                Tuning(channelMax: 2047, frameMax: 131_072, heartbeat: 10)
            ),
        ])
    func negotiation(server: ConnectionMethod.Tuning, agreed: ConnectionMethod.Tuning) {
        #expect(Tuning(AMQPConfiguration()).agreed(with: server) == agreed)
    }

    @Test("heartbeats can be turned off, and are whole seconds")
    func heartbeats() {
        var configuration = AMQPConfiguration()
        for (heartbeat, seconds) in [
            (Duration.zero, 0), (.milliseconds(1500), 2), (.seconds(-3), 0), (.seconds(Int64.max), 65_535),
        ] {
            configuration.heartbeat = heartbeat
            #expect(Tuning(configuration).heartbeat == UInt16(seconds))
        }
        configuration.heartbeat = .zero
        #expect(Tuning(configuration).agreed(with: .init(channelMax: 0, frameMax: 0, heartbeat: 60)).heartbeat == 0)
    }

    @Test("a server that agrees to smaller frames than any may have is refused")
    func smallFrames() throws {
        var talk = Conversation()
        try talk.say(.connection(.start()))
        try talk.say(.connection(.tune(Tuning(channelMax: 1, frameMax: 4095, heartbeat: 0))))
        #expect(talk.machine.error?.code == .protocolViolation)
    }

    @Test(
        "a refused login or virtual host is unauthorized; the server's text is kept",
        arguments: [(UInt16(403), false), (530, true)])
    func refused(code: UInt16, isVirtualHost: Bool) throws {
        var talk = Conversation()
        try talk.say(.connection(.start()))
        if isVirtualHost { try talk.say(.connection(.tune(Tuning(channelMax: 1, frameMax: 4096, heartbeat: 0)))) }
        _ = try talk.sent()
        try talk.say(.connection(.close(Closing(code: code, text: "NO - because"))))
        #expect(try talk.sentMethods() == [.connection(.closeOk)])
        #expect(talk.machine.error?.code == .unauthorized)
        #expect(talk.machine.error?.server?.code == code)
    }

    @Test("a transport that ends during the login hints at the password, and names nothing secret")
    func silentRefusal() throws {
        var talk = Conversation(AMQPConfiguration(user: "canary-user", password: "canary-password"))
        try talk.say(.connection(.start()))
        talk.machine.transportEnded(.closedByServer)
        let error = try #require(talk.machine.error)
        #expect(error.code == .unreachable && error.message.contains("password"))
        #expect(!"\(error)".contains("canary"))
    }

    @Test("another version, a second login step, and methods out of order end it")
    func outOfOrder() throws {
        var other = Conversation()
        other.machine.received(ByteBuffer(bytes: Array("AMQP".utf8) + [1, 1, 0, 10]), at: other.now)
        #expect(other.machine.error?.code == .protocolViolation)
        var newer = Conversation()
        try newer.say(.connection(.start(minor: 10)))
        #expect(newer.machine.error?.code == .protocolViolation)
        var challenge = Conversation()
        try challenge.say(.connection(.start()))
        try challenge.say(.connection(.secure(challenge: [1])))
        #expect(challenge.machine.error?.code == .unauthorized)
        for method in [
            ConnectionMethod.openOk, .closeOk, .blocked(reason: ""),
            .tuneOk(.init(channelMax: 1, frameMax: 4096, heartbeat: 1)),
        ] {
            var talk = Conversation()
            try talk.say(.connection(.start()))
            _ = try talk.sent()
            try talk.say(.connection(method))
            #expect(talk.machine.error?.code == .protocolViolation)
            guard case .connection(.close(let closing))? = try talk.sentMethods().first else {
                throw AMQPError.unexpectedAnswer
            }
            #expect(closing.code == 503)
        }
    }

    @Test("an unknown method is answered by a close with 540, a frame of no channel with 504")
    func unknownMethod() throws {
        let cases: [([UInt8], UInt16, UInt16)] = [
            ([0, 99, 0, 1], 0, 540), ([0, 10, 0, 99], 0, 540), ([0, 20, 0, 11, 0, 0, 0, 0], 7, 504),
        ]
        for (payload, channel, code) in cases {
            var talk = try Conversation.open()
            var bytes = ByteBuffer()
            try bytes.writeFrame(.method, channel: channel, limit: 4096) { $0.writeBytes(payload) }
            talk.machine.received(bytes, at: talk.now)
            guard case .connection(.close(let closing))? = try talk.sentMethods().first else {
                throw AMQPError.unexpectedAnswer
            }
            #expect(closing.code == code)
            #expect(talk.machine.error?.code == .protocolViolation)
        }
    }

    @Test("both sides can close")
    func closing() throws {
        var ours = try Conversation.open()
        ours.machine.askToClose()
        guard case .connection(.close(let closing))? = try ours.sentMethods().first else {
            throw AMQPError.unexpectedAnswer
        }
        #expect(closing.code == 200)
        try ours.say(.connection(.blocked(reason: "ignored by now")))
        #expect(ours.machine.error == nil)
        try ours.say(.connection(.closeOk))
        #expect(ours.machine.error?.code == .closed)
        var theirs = try Conversation.open()
        try theirs.say(.connection(.close(Closing(code: 320, text: "CONNECTION_FORCED - bye"))))
        #expect(try theirs.sentMethods() == [.connection(.closeOk)])
        #expect(theirs.machine.error?.code == .server && theirs.machine.error?.isTransient == true)
    }

    @Test("signs of life go out twice an interval, and two silent intervals are the end")
    func heartbeat() throws {
        var talk = try Conversation.open()
        let start = talk.now
        #expect(talk.machine.checkUp(at: start).next == start + .seconds(5))
        talk.now = start + .seconds(5)
        #expect(!talk.machine.checkUp(at: talk.now).isDead)
        #expect(try talk.sent().map(\.kind) == [.heartbeat])
        #expect(talk.machine.checkUp(at: talk.now).next == start + .seconds(10))
        talk.machine.received(ByteBuffer(bytes: [8]), at: start + .seconds(12))
        #expect(!talk.machine.checkUp(at: start + .seconds(31)).isDead)
        #expect(talk.machine.checkUp(at: start + .seconds(32)).isDead)
    }

    @Test("silence means nothing while nobody reads, and without heartbeats")
    func excused() throws {
        var talk = try Conversation.open()
        talk.machine.isPaused = true
        #expect(!talk.machine.checkUp(at: talk.now + .seconds(60)).isDead)
        talk.machine.isPaused = false
        #expect(!talk.machine.checkUp(at: talk.now + .seconds(79)).isDead)
        #expect(talk.machine.checkUp(at: talk.now + .seconds(80)).isDead)
        var configuration = AMQPConfiguration()
        configuration.heartbeat = .zero
        var without = try Conversation.open(configuration)
        #expect(without.machine.checkUp(at: without.now + .hours(99)).next == .distantFuture)
    }
}
