import NIOCore
import Testing

@testable import RESPClient

@Suite("the state of a connection")
struct MachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func machine(_ purpose: ConnectionMachine.Purpose = .commands) -> ConnectionMachine {
        ConnectionMachine(purpose: purpose, configuration: RESPConfiguration(), now: start)
    }

    private func call(due: NIODeadline = .distantFuture) -> Call { Call(.one(RESPCommand("GET", "x")), due: due) }

    @Test("answers go to the calls in the order in which these were written")
    func order() throws {
        var machine = machine()
        let calls = [call(), Call(.several([RESPCommand("A"), RESPCommand("B")]), due: .distantFuture), call()]
        for call in calls { machine.wrote(call) }
        machine.received(ByteBuffer(string: ":1\r\n:2\r\n"), at: start)
        #expect(try machine.answers() == [[.integer(1)]])
        machine.received(ByteBuffer(string: "-ERR 3\r\n:4\r\n"), at: start)
        #expect(try machine.answers() == [[.integer(2), .error(RESPServerError("ERR 3"))], [.integer(4)]])
        #expect(machine.owesNothing)
    }

    @Test("the late answer of an expired call is nobody else's")
    func lateAnswer() throws {
        var machine = machine()
        let late = call(due: start + .seconds(1))
        let next = call()
        #expect(late.claimForWriting() && next.claimForWriting())
        machine.wrote(late)
        machine.wrote(next)
        let checkUp = machine.checkUp(at: start + .seconds(1))
        #expect(checkUp.expired.map(ObjectIdentifier.init) == [ObjectIdentifier(late)])
        machine.received(ByteBuffer(string: "+late\r\n+next\r\n"), at: start)
        guard case .answered(let first, _)? = try machine.next(), case .answered(let second, _)? = try machine.next()
        else {
            throw RESPViolation.unasked
        }
        #expect(first === late && second === next)
    }

    @Test("an answer that nobody asked for is a violation")
    func unasked() {
        var machine = machine()
        machine.received(ByteBuffer(string: "+OK\r\n"), at: start)
        #expect(throws: RESPViolation.unasked) { try machine.next() }
    }

    @Test("a silent server is asked once, and given up when it stays silent as long again")
    func keepAlive() {
        var machine = machine()
        #expect(machine.checkUp(at: start + .seconds(2)).verdict == .fine)
        #expect(machine.checkUp(at: start + .seconds(3)).verdict == .askForSign)
        let checkUp = machine.checkUp(at: start + .seconds(5))
        #expect(checkUp.verdict == .fine)
        #expect(checkUp.next == start + .seconds(6))
        #expect(machine.checkUp(at: start + .seconds(6)).verdict == .giveUp)
    }

    @Test("any sign of life will do")
    func signOfLife() {
        var machine = machine(.subscription)
        #expect(machine.checkUp(at: start + .seconds(3)).verdict == .askForSign)
        machine.received(ByteBuffer(string: ">"), at: start + .seconds(4))
        #expect(machine.checkUp(at: start + .seconds(6)).verdict == .fine)
        #expect(machine.checkUp(at: start + .seconds(7)).verdict == .askForSign)
    }

    @Test("a command that blocks may be silent; an idle connection for such commands may not")
    func blocking() {
        var machine = machine(.blocking)
        machine.wrote(call(due: start + .seconds(60)))
        let checkUp = machine.checkUp(at: start + .seconds(30))
        #expect(checkUp.verdict == .fine)
        #expect(checkUp.next > start + .seconds(30))
        _ = machine.abandon()
        #expect(machine.checkUp(at: start + .seconds(33)).verdict == .askForSign)
    }

    @Test("the next look at the clock is at the earliest deadline")
    func nextLook() {
        var machine = machine()
        machine.wrote(call(due: start + .seconds(2)))
        machine.wrote(call(due: start + .seconds(1)))
        #expect(machine.checkUp(at: start).next == start + .seconds(1))
        #expect(machine.checkUp(at: start + .seconds(1)).next == start + .seconds(2))
        #expect(machine.checkUp(at: start + .seconds(2)).expired.count == 2, "until it is answered, its place is kept")
    }

    @Test("messages of RESP2 and RESP3 are told from answers")
    func messages() throws {
        var old = machine(.subscription)
        old.received(ByteBuffer(string: "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n-NOPERM no\r\n"), at: start)
        guard case .pushed(let message)? = try old.next(), case .refused(let error)? = try old.next() else {
            throw RESPViolation.unasked
        }
        #expect(RESPMessage(message) == RESPMessage(channel: "c", payload: [120]))
        #expect(error.kind == "NOPERM")
        var new = machine()
        new.wrote(call())
        new.received(ByteBuffer(string: ">1\r\n+invalidate\r\n*1\r\n:1\r\n"), at: start)
        guard case .pushed? = try new.next(), case .answered? = try new.next() else { throw RESPViolation.unasked }
    }

    @Test("a call that was given up before it was written is not written")
    func claim() {
        let expired = call()
        expired.expire("not connected")
        #expect(!expired.claimForWriting())
        #expect(call().claimForWriting())
    }

    @Test(
        "a refusal is taken elsewhere only if nothing of the call was carried out",
        arguments: [
            ([":1", "-READONLY x"], false), (["-READONLY x", "-READONLY x"], true), (["-LOADING x", "-ERR y"], true),
            (["-ERR x", "-ERR y"], false),
        ])
    func misdirection(answers: [String], isTakenElsewhere: Bool) {
        let values = answers.map { $0 == ":1" ? RESPValue.integer(1) : .error(RESPServerError(String($0.dropFirst()))) }
        let call = Call(.several([RESPCommand("A"), RESPCommand("B")]), due: .distantFuture)
        #expect((call.misdirection(in: .several(values)) != nil) == isTakenElsewhere)
    }

    @Test("a transaction is taken elsewhere if EXEC refused it")
    func transaction() {
        let call = Call(.transaction([RESPCommand("A")]), due: .distantFuture)
        let readOnly = RESPValue.error(RESPServerError("READONLY x"))
        let aborted = RESPValue.error(RESPServerError("EXECABORT x"))
        #expect(call.misdirection(in: .several([.simple("OK"), readOnly, aborted])) != nil)
        #expect(call.misdirection(in: .several([.simple("OK"), .simple("QUEUED"), .array([readOnly])])) == nil)
    }
}

extension ConnectionMachine {
    fileprivate mutating func answers() throws(RESPViolation) -> [[RESPValue]] {
        var all: [[RESPValue]] = []
        while let event = try next() {
            guard case .answered(_, let answer) = event else { continue }
            switch answer {
            case .one(let value): all.append([value])
            case .several(let values): all.append(values)
            }
        }
        return all
    }
}
