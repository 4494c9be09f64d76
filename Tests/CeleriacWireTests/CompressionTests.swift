import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@Suite("Packed bodies")
struct CompressionTests {
    private let codec = CeleryCodec()

    private func envelope(_ body: [UInt8], _ compression: String) -> Envelope {
        var headers = MessageHeaders(id: "i", task: "t")
        headers.compression = compression
        return Envelope(headers: headers, body: body)
    }

    private func message(_ text: String, _ compression: String?) -> Message {
        var headers = MessageHeaders(id: "i", task: "t")
        headers.compression = compression
        return Message(headers: headers, arguments: EncodedArguments(args: [.string(text)], kwargs: ["k": 1]))
    }

    @Test(
        "what Celery packed is unpacked", arguments: ["gzip", "zstd", "bzip2", "xz"].map { "task-compression-\($0)" })
    func readsRecordings(name: String) throws {
        for raw in try Fixture(name).raw("messages") {
            let message = try KombuEnvelope.decode(raw, limits: MessageLimits())
            let arguments = try codec.decode(message.envelope).arguments
            #expect(!arguments.positional.isEmpty || !arguments.keywords.isEmpty)
            for range in arguments.positional { _ = try JSONValue(parsing: arguments.body[range]) }
        }
    }

    @Test(
        "a body that we packed is unpacked to the same, and its header bears Celery's name",
        arguments: [
            ("application/x-gzip", "application/x-gzip"), ("gzip", "application/x-gzip"),
            ("zlib", "application/x-gzip"),
            ("application/zstd", "application/zstd"), ("zstd", "application/zstd"),
            ("application/x-bz2", "application/x-bz2"), ("bzip2", "application/x-bz2"), ("bzip", "application/x-bz2"),
            ("application/x-lzma", "application/x-lzma"), ("lzma", "application/x-lzma"), ("xz", "application/x-lzma"),
        ])
    func roundTrips(name: String, type: String) throws {
        for text in ["", "a", String(repeating: "text ", count: 100_000)] {
            let plain = try codec.encode(message(text, nil))
            let packed = try codec.encode(message(text, name))
            #expect(packed.compression == type)
            #expect(text.count < 100 || packed.body.count < plain.body.count / 10)
            #expect(try codec.decode(packed).arguments.body == plain.body)
            #expect(packed.headers.extra["kwargsrepr"] == "{'k': 1}")
        }
    }

    @Test("what is packed does not depend on what was packed before it, nor beside it")
    func packsAlike() async throws {
        let texts = ["", "a", String(repeating: "text ", count: 50_000), "another"]
        let alone = try texts.map { try codec.encode(message($0, "gzip")).body }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for place in (0..<64).map({ $0 % texts.count }) {
                group.addTask { try codec.encode(message(texts[place], "gzip")).body == alone[place] }
            }
            for try await isSame in group { #expect(isSame) }
        }
    }

    @Test("a small body that unpacks to a large one is refused, and costs no more than the limit")
    func refusesBombs() throws {
        let wide = CeleryCodec(limits: MessageLimits(bodyBytes: 16 << 20, json: JSONLimits(stringBytes: 16 << 20)))
        for name in ["gzip", "zstd", "bzip2", "xz"] {
            let bomb = try wide.encode(message(String(repeating: "x", count: 15 << 20), name))
            #expect(bomb.body.count < 100_000)
            let error = try #require(throws: CeleriacError.self) { try codec.decode(bomb) }
            #expect(error.code == .tooLarge)
            #expect(error.message.contains("decompresses to more than 1048576 bytes"))
            #expect(try wide.decode(bomb).arguments.positional.count == 1)
        }
    }

    @Test("a zstd frame that asks for a huge window or claims a huge size is refused before anything is allocated")
    func refusesHugeFrames() throws {
        // RFC 8878, 3.1.1: magic number, descriptor, window descriptor or content size, then a last block of no bytes.
        let window: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0x01, 0x00, 0x00]
        let size: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0] + [UInt8](repeating: 0x7F, count: 8) + [0x01, 0x00, 0x00]
        for body in [window, size] {
            let error = try #require(throws: CeleriacError.self) { try codec.decode(envelope(body, "zstd")) }
            #expect(error.code == .malformedMessage)
        }
    }

    @Test("an xz stream that asks for a dictionary of gigabytes is refused before anything is allocated")
    func refusesHugeDictionaries() throws {
        // The older format: properties, dictionary of 4 GiB, unknown size. Then the container, made by Python with preset 9.
        let alone: [UInt8] =
            [0x5D, 0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0xFF, count: 8) + [0, 0x2D, 0x80, 0x54, 0]
        let container = try #require(
            Data(
                base64Encoded:
                    "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQAJW1tdLHt9LHt9XQAAAG+FFMH2w5LvAAEiChUa4WcftvN9AQAAAAAEWVo="))
        for body in [alone, [UInt8](container)] {
            let error = try #require(throws: CeleriacError.self) { try codec.decode(envelope(body, "xz")) }
            #expect(error.code == .malformedMessage)
        }
    }

    @Test(
        "what is cut short, goes on behind its end or is no packed text is malformed",
        arguments: ["gzip", "zstd", "bzip2", "xz"])
    func refusesBroken(name: String) throws {
        let whole = try codec.encode(message("hello hello hello hello", name)).body
        for body in [[], [0], Array("[[],{},{}]".utf8), Array(whole.dropLast()), Array(whole.prefix(5)), whole + [0]] {
            let error = try #require(throws: CeleriacError.self) { try codec.decode(envelope(body, name)) }
            #expect(error.code == .malformedMessage, "\(body.count)")
        }
    }

    @Test(
        "other ways of packing are refused by name, reading and writing",
        arguments: ["application/x-brotli", "brotli", "lz4", "", "\u{1B}[31m"])
    func refusesOthers(name: String) throws {
        let reading = try #require(throws: CeleriacError.self) { try codec.decode(envelope([1], name)) }
        let writing = try #require(throws: CeleriacError.self) { try codec.encode(message("", name)) }
        for error in [reading, writing] {
            #expect(error.code == .unsupported)
            #expect(error.message.contains("refused compression"))
            #expect(error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }
}
