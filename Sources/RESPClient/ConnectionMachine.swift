import NIOCore
import SocketKit

/// The state of one connection, without I/O: matches answers to calls, and decides when the peer is overdue.
struct ConnectionMachine {
    enum Event {
        case answered(Call, Call.Answer)
        /// A message of a channel, or anything else that the server sends unasked.
        case pushed([RESPValue])
        /// The server refused a subscription.
        case refused(RESPServerError)
    }

    /// What is to be done when the timer fires.
    struct CheckUp {
        enum Verdict { case fine, askForSign, giveUp }
        var expired: [Call] = []
        var verdict = Verdict.fine
        var next: NIODeadline
    }

    /// The use of a connection.
    enum Purpose: Sendable {
        case commands
        /// Its commands may block; the server answers nothing sent after them in the meantime.
        case blocking
        case subscription
    }

    let purpose: Purpose
    private let keepAlive: TimeAmount
    private var parser: RESPParser
    private var awaited = CircularBuffer<Call>()
    /// The answers so far to the first awaited call, if it expects several.
    private var partial: [RESPValue] = []
    private var earliestDue = NIODeadline.distantFuture
    private var lastSign: NIODeadline
    private var askedForSign: NIODeadline?
    /// Whether reading is paused, because the messages received so far are not handled yet.
    var isPaused = false
    var speaksRESP3 = false

    init(purpose: Purpose, configuration: RESPConfiguration, now: NIODeadline) {
        self.purpose = purpose
        // A very short interval would keep the event loop busy with checks only.
        keepAlive = max(configuration.keepAlive, .milliseconds(10)).amount
        parser = RESPParser(
            limits: .init(bytes: configuration.largestReply, depth: min(configuration.deepestReply, 512)))
        lastSign = now
    }

    var owesNothing: Bool { awaited.isEmpty }

    /// Whether it awaits nothing, and holds no part of an answer.
    var isAtRest: Bool { awaited.isEmpty && parser.isAtRest }

    mutating func wrote(_ call: Call) {
        awaited.append(call)
        earliestDue = min(earliestDue, call.due)
    }

    mutating func received(_ bytes: ByteBuffer, at now: NIODeadline) {
        parser.feed(bytes)
        lastSign = now
        askedForSign = nil
    }

    mutating func next() throws(RESPViolation) -> Event? {
        while let item = try parser.next() {
            switch item {
            case .push(let elements): return .pushed(elements)
            case .reply(.array(let elements)) where purpose == .subscription && !speaksRESP3 && awaited.isEmpty:
                return .pushed(elements)
            case .reply(.error(let error)) where purpose == .subscription && awaited.isEmpty:
                return .refused(error)
            case .reply(let value):
                if let event = try answer(value) { return event }
            }
        }
        return nil
    }

    /// Forgets all calls and returns them.
    mutating func abandon() -> [Call] {
        defer { awaited.removeAll() }
        return Array(awaited)
    }

    mutating func checkUp(at now: NIODeadline) -> CheckUp {
        var checkUp = CheckUp(next: .distantFuture)
        if earliestDue.isPast(now) {
            checkUp.expired = awaited.filter { $0.due.isPast(now) }
            earliestDue = awaited.lazy.map(\.due).filter { !$0.isPast(now) }.min() ?? .distantFuture
        }
        checkUp.verdict = verdict(at: now)
        if checkUp.verdict == .askForSign { askedForSign = now }
        let sign = isExcused ? now : askedForSign ?? lastSign
        checkUp.next = min(earliestDue, sign + keepAlive)
        return checkUp
    }

    private mutating func answer(_ value: RESPValue) throws(RESPViolation) -> Event? {
        guard let call = awaited.first else { throw .unasked }
        guard case .one = call.payload else {
            partial.append(value)
            guard partial.count == call.expected else { return nil }
            awaited.removeFirst()
            defer { partial = [] }
            return .answered(call, .several(partial))
        }
        awaited.removeFirst()
        return .answered(call, .one(value))
    }

    /// A peer that is silent for `keepAlive` is sent a PING; if it stays silent for as long again, it is given up.
    private func verdict(at now: NIODeadline) -> CheckUp.Verdict {
        guard !isExcused else { return .fine }
        if let askedForSign { return (askedForSign + keepAlive).isPast(now) ? .giveUp : .fine }
        return (lastSign + keepAlive).isPast(now) ? .askForSign : .fine
    }

    /// Silence is expected while a command blocks, or while reading is paused.
    private var isExcused: Bool { isPaused || (purpose == .blocking && !awaited.isEmpty) }
}
