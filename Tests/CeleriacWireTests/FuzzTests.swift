import CeleriacCore
import CeleriacWire
import Foundation
import Testing

/// Broken and hostile input: it may be refused, but it stops nothing.
@Suite("Mutated recordings")
struct FuzzTests {
    private static let seeds: [UInt64] = [1, 20_261_122, 0xCE1E_51AC]

    @Test("no mutation of a message stops us", arguments: seeds)
    func survivesMessages(seed: UInt64) async throws {
        let limits = MessageLimits(bodyBytes: 64 << 10)
        let codec = CeleryCodec(limits: limits)
        try await mutate("{\"body\"", seed: seed) { raw in
            _ = KombuEnvelope.deliveryTag(of: raw)
            if let marked = try? KombuEnvelope.redelivered(raw) { #expect(marked.count <= raw.count + 80) }
            if let message = try? KombuEnvelope.decode(raw, limits: limits) {
                let again = KombuEnvelope.encode(
                    message.envelope, deliveryTag: message.deliveryTag, exchange: message.exchange,
                    routingKey: message.routingKey, priority: message.priority)
                let second = try? KombuEnvelope.decode(again, limits: limits)
                #expect(second?.envelope.headers == message.envelope.headers, "seed \(seed)")
                _ = try? codec.decode(message.envelope)
            }
            guard let mail = try? Mail(kombuText: raw, limits: limits) else { return }
            _ = try? EventMessage.decode(mail, limits: limits)
            if let request = try? ControlMessage.decodeRequest(mail, limits: limits) {
                _ = request.command.isFor("w@h")
            }
            _ = try? ControlMessage.decodeReply(mail, limits: limits)
        }
    }

    @Test("no mutation of a result stops us", arguments: seeds)
    func survivesResults(seed: UInt64) async throws {
        try await mutate("{\"status\"", seed: seed) { raw in
            if let record = try? ResultDocument.decode(raw, id: "id", limits: MessageLimits()) {
                if let failure = record.failure { _ = PythonRepr.exception(failure) }
                if let result = record.result { _ = PythonRepr.value(result) }
            }
        }
    }

    @Test("no mutation of a body stops us, packed or not", arguments: seeds)
    func survivesBodies(seed: UInt64) async throws {
        var random = Generator(seed: seed)
        let codec = CeleryCodec(limits: MessageLimits(bodyBytes: 64 << 10))
        var bodies: [Envelope] = []
        for fixture in try Fixture.all() {
            for raw in fixture.raw("messages") {
                let message = try? KombuEnvelope.decode(raw, limits: MessageLimits())
                if let message { bodies.append(message.envelope) }
            }
        }
        for _ in 0..<3000 {
            await Task.yield()
            let envelope = bodies[Int(random.next() % UInt64(bodies.count))]
            let body = random.mutated(envelope.body)
            let changed = Envelope(headers: envelope.headers, properties: envelope.properties, body: body)
            if let arguments = try? codec.decode(changed).arguments {
                #expect(arguments.positional.allSatisfy { $0.upperBound <= arguments.body.count })
            }
            #expect(PythonRepr.arguments(body).utf8.count < 20_000)
            #expect(PythonRepr.value(body).utf8.count < 20_000)
        }
    }

    private func mutate(_ beginning: String, seed: UInt64, _ body: ([UInt8]) throws -> Void) async throws {
        let texts = try Fixture.all().flatMap { $0.texts(beginning: beginning) }.map { Array($0.utf8) }
        var random = Generator(seed: seed)
        for _ in 0..<3000 {
            // Others wait for the thread.
            await Task.yield()
            try body(random.mutated(texts[Int(random.next() % UInt64(texts.count))]))
        }
    }
}

/// SplitMix64: the same numbers from the same seed, on every machine.
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A few bytes changed, taken out or put in; a piece doubled; or the end cut off.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int(next() % 4) where !bytes.isEmpty {
            let place = Int(next() % UInt64(bytes.count))
            switch next() % 6 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 1: bytes[place] = Array("\"\\{}[],:0-.eutfnN".utf8)[Int(next() % 17)]
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
            case 4: bytes.removeLast(Int(next() % UInt64(min(bytes.count, 40))))
            default:
                let end = min(bytes.count, place + Int(next() % 60))
                bytes.insert(contentsOf: bytes[place..<end], at: Int(next() % UInt64(bytes.count)))
            }
        }
        return bytes
    }
}
