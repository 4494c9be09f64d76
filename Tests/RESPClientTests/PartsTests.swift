import NIOCore
import Testing

@testable import RESPClient

@Suite("the parts of a client")
struct PartsTests {
    @Test(
        "scripts are named by SHA-1",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
            (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
        ])
    func digests(text: String, digest: String) {
        #expect(RESPScript(text).digest == digest)
    }

    @Test("arguments are counted in bytes and stand as they are")
    func encodes() {
        var command = RESPCommand("SET", "k\r\nDEL x", [UInt8]([0, 13, 10]), 7)
        command.append(contentsOf: ["\u{fc}"])
        var buffer = ByteBuffer()
        command.write(to: &buffer)
        #expect(
            String(buffer: buffer)
                == "*5\r\n$3\r\nSET\r\n$8\r\nk\r\nDEL x\r\n$3\r\n\0\r\n\r\n$1\r\n7\r\n$2\r\n\u{fc}\r\n")
    }

    @Test("pauses grow to two seconds and are spread")
    func backoff() {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff()
        #expect(backoff.next(using: &generator) == .zero)
        for step in 0..<12 {
            let pause = backoff.next(using: &generator)
            let middle = min(Duration.milliseconds(50) * (1 << min(step, 6)), .seconds(2))
            #expect(pause >= middle * 0.75 && pause <= min(middle * 1.25, .seconds(2)))
        }
        backoff.reset()
        #expect(backoff.next(using: &generator) == .zero)
    }

    @Test(
        "durations without sensible end are no trap",
        arguments: [
            Duration.seconds(Int64.max), .seconds(-5), .zero, .nanoseconds(1),
        ])
    func durations(duration: Duration) {
        #expect(NIODeadline.after(duration) <= .distantFuture)
        #expect(NIODeadline.after(duration) >= .uptimeNanoseconds(0))
    }

    @Test("a configuration, a command and a server's error show no secret")
    func secrets() {
        var configuration = RESPConfiguration()
        (configuration.password, configuration.sentinelPassword) = ("hunter2", "hunter2")
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(RESPCommand("AUTH", "hunter2"), to: &dumped)
        dump(RESPClient(configuration), to: &dumped)
        let error = RESPServerError(
            "ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `hunter2`, ")
        let texts = [
            "\(configuration)", String(reflecting: configuration), "\(RESPCommand("AUTH", "hunter2"))", "\(error)",
            dumped,
        ]
        for text in texts { #expect(!text.contains("hunter2")) }
        #expect(error.kind == "ERR")
    }

    @Test(
        "a score is a number in RESP3, in RESP2 and of a script",
        arguments: [
            RESPValue.double(2), .blob([50]), .simple("2"), .integer(2),
        ])
    func scores(value: RESPValue) {
        #expect(value.double == 2)
    }
}
