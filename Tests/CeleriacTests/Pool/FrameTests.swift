import CeleriacCore
@testable import CeleriacPool
import Foundation
import Testing

@Suite("frames between worker and child")
struct FrameTests {
    static let samples: [Outcome] = [
        .success(Array("[1,2]".utf8)),
        .failure(
            TaskFailure(
                type: "E", module: "M", message: "words\n", arguments: ["a", 1, .null], traceback: "here"), .discard),
        .retry(TaskFailure(type: "Retry", message: ""), pause: .milliseconds(1500)),
        .retry(TaskFailure(type: "Retry", message: ""), pause: nil), .snooze(.seconds(3)),
        .rejected(TaskFailure(type: "R", message: "no")), .discarded(TaskFailure(type: "D", message: "gone")),
        .interrupted, .leaseLost, .revoked(.terminated), .replaced(by: Array(#"{"task":"a"}"#.utf8)),
    ]

    @Test("every outcome arrives as it was sent", arguments: 0..<11)
    func outcomes(index: Int) throws {
        let sent = ChildOutcome(
            number: 7, end: RunEnd(Self.samples[index], children: ["a", "b"], additions: [[1], [2, 3]]),
            residentBytes: 1 << 33)
        let bytes = FrameWriter.bytes { $0.put(sent) }
        let (frame, size) = try #require(try Frame.first(in: bytes[...], limit: 1 << 20))
        let received = try ChildOutcome(frame)
        #expect(size == bytes.count)
        #expect("\(received)" == "\(sent)")
    }

    @Test("a call arrives with all its headers and properties")
    func job() throws {
        var headers = MessageHeaders(id: "id", task: "t")
        headers.retries = 3
        headers.timeLimit = .seconds(9)
        headers.extra = ["stamps": ["a": 1], "own": "é"]
        headers.history = [FailedAttempt(attempt: 1, at: Date(timeIntervalSince1970: 5), type: "E", message: "m")]
        let properties = Envelope.Properties(
            priority: CallPriority(rawValue: 7), correlationID: "c", replyTo: "r", exchange: "e", routingKey: "k")
        let sent = ChildJob(
            number: .max, envelope: Envelope(headers: headers, properties: properties, body: [1, 2, 3]), queue: "mail",
            deliveryCount: 2, startedAt: Date(timeIntervalSinceReferenceDate: 1.5)
        )
        let (frame, _) = try #require(try Frame.first(in: FrameWriter.bytes { $0.put(sent) }[...], limit: 1 << 20))
        let received = try ChildJob(frame)
        #expect(received.envelope == sent.envelope && received.envelope.properties == properties)
        #expect(received.number == .max && received.queue == "mail" && received.deliveryCount == 2)
        #expect(received.startedAt == sent.startedAt)
    }

    @Test("a plain call arrives with its headers", arguments: [nil, true, false])
    func plainJob(ignoresResult: Bool?) throws {
        var headers = MessageHeaders(id: "id", task: "t")
        var checked: [MessageHeaders] = [headers]
        (headers.rootID, headers.parentID, headers.origin) = ("root", "parent", "gen7@höst")
        (headers.retries, headers.ignoreResult) = (2, ignoresResult)
        checked.append(headers)
        for headers in checked {
            #expect(headers.arePlain)
            let sent = ChildJob(
                number: 1, envelope: Envelope(headers: headers, body: []), queue: "mail", deliveryCount: 1,
                startedAt: Date(timeIntervalSinceReferenceDate: 0))
            let (frame, _) = try #require(try Frame.first(in: FrameWriter.bytes { $0.put(sent) }[...], limit: 1 << 20))
            #expect(try ChildJob(frame).envelope == sent.envelope)
        }
    }

    @Test("frames are found however their bytes are cut")
    func pieces() throws {
        let bytes = Frame.hello + Frame.noted(3, problem: "why") + Frame.retire
        for size in 1...bytes.count {
            var buffer = FrameBuffer(limit: 100)
            var kinds: [Frame.Kind] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { buffer.append($0) }
                while let frame = try buffer.next() { kinds.append(frame.kind) }
            }
            #expect(kinds == [.hello, .noted, .retire])
        }
    }

    @Test("bytes that are no frame are found at once, wherever they begin")
    func garbage() throws {
        for garbage in ["A", "hello", "\u{0}\u{0}", String(repeating: "x", count: 500)] {
            var buffer = FrameBuffer(limit: 100)
            (Frame.hello + Array(garbage.utf8)).withUnsafeBytes { buffer.append($0) }
            #expect(try buffer.next()?.kind == .hello)
            #expect(throws: Frame.Violation.self) { try buffer.next() }
        }
        var large = FrameBuffer(limit: 100)
        Frame.progress(Frame.Progress(number: 1, ticket: 1, state: .progress, meta: Array(repeating: 1, count: 200)))
            .withUnsafeBytes { large.append($0) }
        #expect(throws: Frame.Violation.self) { try large.next() }
    }

    @Test("no bytes in a payload bring the reader down")
    func hostilePayloads() throws {
        var generator = SystemRandomNumberGenerator()
        let sent = ChildOutcome(number: 1, end: RunEnd(Self.samples[1], children: ["x"]), residentBytes: 1)
        let good = FrameWriter.bytes { $0.put(sent) }
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: Frame.headSize..<bytes.count, using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
            let cut = bytes[Frame.headSize..<Int.random(in: Frame.headSize...bytes.count, using: &generator)]
            let frame = Frame(kind: .outcome, payload: cut)
            _ = try? ChildOutcome(frame)
            _ = try? ChildJob(Frame(kind: .job, payload: cut))
            _ = try? frame.progress()
        }
    }
}
