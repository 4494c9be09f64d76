import CChildProcess
import CeleriacCore
@testable import CeleriacPool
import Foundation
import Testing

@Suite("frames on their way through a channel")
struct ChannelWriterTests {
    @Test("the first of many frames asks for a write, and one read gets all of them")
    func together() throws {
        let channel = try Channel()
        let asked = (0..<100).map { number in channel.writer.append { $0.put(Self.job(number)) } }
        #expect(asked == [true] + Array(repeating: false, count: 99))
        #expect(!channel.writer.flush() && channel.writer.isDrained)
        #expect(try Self.numbers(in: channel.readOnce()) == Array(0..<100))
    }

    @Test("what does not fit goes out once there is room, in order and only once")
    func partial() throws {
        let channel = try Channel()
        for number in 0..<64 { channel.writer.append { $0.put(Self.job(number, size: 100_000)) } }
        #expect(channel.writer.flush() && channel.writer.isBlocked && !channel.writer.isDrained)
        // Frames that come meanwhile wait for those before them, and ask for no write of their own.
        #expect(!channel.writer.append { $0.put(Self.job(64)) })
        var bytes: [UInt8] = []
        while case let more = channel.readOnce(), !more.isEmpty {
            bytes += more
            channel.writer.flush()
        }
        #expect(channel.writer.isDrained)
        #expect(try Self.numbers(in: bytes) == Array(0...64))
    }

    @Test("threads that append while one writes lose no frame")
    func race() async throws {
        let channel = try Channel()
        let (threads, count) = (4, 500)
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    for number in 0..<count {
                        let mustFlush = channel.writer.append { $0.put(Self.job(thread * count + number)) }
                        if mustFlush { channel.writer.flush() }
                    }
                }
            }
        }
        var bytes: [UInt8] = []
        while case let more = channel.readOnce(), !more.isEmpty { bytes += more }
        #expect(channel.writer.isDrained)
        #expect(try Self.numbers(in: bytes).sorted() == Array(0..<threads * count))
    }

    @Test("nothing is kept for a child that is gone")
    func gone() throws {
        let channel = try Channel()
        channel.closeReader()
        #expect(channel.writer.append { $0.put(Self.job(1)) })
        #expect(!channel.writer.flush() && channel.writer.isDrained)
        #expect(!channel.writer.append { $0.put(Self.job(2)) })
    }

    private static func job(_ number: Int, size: Int = 10) -> ChildJob {
        ChildJob(
            number: UInt64(number),
            envelope: Envelope(headers: MessageHeaders(id: "id", task: "t"), body: Array(repeating: 1, count: size)),
            queue: "mail", deliveryCount: 1, startedAt: Date(timeIntervalSinceReferenceDate: 0))
    }

    /// The numbers of the jobs, in their order, if nothing is left over.
    private static func numbers(in bytes: [UInt8]) throws -> [Int] {
        var (rest, numbers) = (bytes[...], [Int]())
        while let (frame, size) = try Frame.first(in: rest, limit: .max) {
            numbers.append(Int(try ChildJob(frame).number))
            rest = rest.dropFirst(size)
        }
        #expect(rest.count == 0)
        return numbers
    }
}

/// Both ends of a channel in one process.
private final class Channel: Sendable {
    let writer: ChannelWriter
    private let reader: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard celeriac_make_channel(&ends) == 0 else { throw POSIXError(.EMFILE) }
        writer = ChannelWriter(ends[0])
        reader = ends[1]
    }

    deinit {
        close(writer.descriptor)
        close(reader)
    }

    /// What one read of up to 1 MiB gives; empty if there is nothing.
    func readOnce() -> [UInt8] {
        Array(unsafeUninitializedCapacity: 1 << 20) { space, count in
            count = max(0, read(reader, space.baseAddress, space.count))
        }
    }

    func closeReader() { shutdown(reader, Int32(SHUT_RDWR)) }
}
