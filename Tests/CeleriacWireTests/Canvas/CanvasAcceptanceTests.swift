import CeleriacCanvas
import CeleriacCore
import CeleriacWire
import Testing

/// What we write, read by the real Celery; and what it sends for a canvas, beside what we send.
@Suite("Celery takes our canvases", .serialized, .enabled(if: PythonPeer.isThere), .timeLimit(.minutes(15)))
struct CanvasAcceptanceTests {
    private typealias S = Sample

    private func ask(_ name: String, _ canvases: [CanvasSignature]) async throws -> [JSONValue] {
        let texts = try canvases.map { try JSONValue(parsing: CanvasCodec(priorities: .lowFirst).encode($0)) }
        let told = try await PythonPeer.read([JSONKey(name): .array(texts)], by: "accept_canvas.py")
        return try #require(told[name]?.arrayValue)
    }

    @Test("Signature.from_dict takes what we write, and gives the same back")
    func readsSignatures() async throws {
        let canvases = Self.canvases + RecordedExpansionTests.all.flatMap(\.canvases)
        for (told, canvas) in zip(try await ask("signatures", canvases), canvases) {
            let ours = try JSONValue(parsing: CanvasCodec(priorities: .lowFirst).encode(canvas))
            #expect(told["dict"] == ours, "\(ours.text)")
            let type: String =
                switch canvas.work {
                case .chain: "_chain"
                case .group: "group"
                case .chord: "_chord"
                case .call, .map, .chunks: "Signature"
                }
            #expect(told["class"]?.stringValue == type)
        }
    }

    @Test("a canvas comes to the messages, chords and results that it comes to in Python")
    func expandsAlike() async throws {
        for (told, canvas) in zip(try await ask("expansions", Self.canvases), Self.canvases) {
            let plan = try S.plan(canvas)
            let name = String(decoding: CanvasCodec(priorities: .lowFirst).encode(canvas), as: UTF8.self)
            #expect(told["messages"]?.arrayValue?.count == plan.calls.count, "\(name)")
            let theirs = try (told["messages"]?.arrayValue ?? []).map(shape)
            let ours = try plan.calls.map(shape)
            // Chords within chords are opened as the calls of their headers come, by Celery; by us, from without.
            let sizes = (told["sizes"]?.arrayValue ?? []).map { $0.text }.sorted()
            let opened = plan.chords.map { JSONValue.array([.string($0.groupID), .integer(Int64($0.size))]) }
            let tuple = try plan.results.first.map { try JSONValue(parsing: $0.tuple) } ?? nil
            let (mine, python) = (
                IDs.mapped(ours + [nearest(tuple)]), IDs.mapped(theirs + [nearest(told["result"] ?? nil)])
            )
            #expect(mine.map(\.text) == python.map(\.text), "\(name)")
            #expect(sizes.count == opened.count, "\(name)")
        }
    }

    /// The id and the members. Celery forgets parents where it sends a chord: it puts the header in the place of all.
    private func nearest(_ tuple: JSONValue) -> JSONValue {
        [tuple[0]?[0] ?? nil, .array((tuple[1]?.arrayValue ?? []).map(nearest))]
    }

    private func shape(_ message: JSONValue) throws -> JSONValue {
        let headers = message["headers"]
        let told = ["id", "task", "group", "group_index", "root_id", "parent_id"].map { headers?[$0] ?? nil }
        let body = try comparable(message["body"] ?? nil)
        return .array(told + [message["queue"] == "celery" ? nil : message["queue"] ?? nil, body])
    }

    private func shape(_ call: CanvasCall) throws -> JSONValue {
        let message = try CanvasMessage(call)
        let headers = try JSONValue(parsing: message.envelope.headers.json(verbose: true))
        let body = try JSONValue(parsing: message.envelope.body)
        return try shape(["headers": headers, "body": body, "queue": call.queue.map { .string($0.rawValue) } ?? nil])
    }

    /// Without nulls, and what of its sending Celery leaves in the options of a chord's body.
    private func comparable(_ value: JSONValue) throws -> JSONValue {
        switch value {
        case .array(let elements): return .array(try elements.map(comparable))
        case .object(let members):
            let kept = members.filter { name, value in
                !["reply_to", "add_to_parent"].contains(name) && !value.isNull
            }
            return .object(try kept.mapValues(comparable))
        default: return value
        }
    }

    static let canvases: [CanvasSignature] = [
        S.add(1, 2),
        .chain([S.add(1), S.add(2)]),
        .chain([S.add(1)]),
        .chain([S.add(1), .chain([S.add(2), S.add(3)]), S.add(4)]),
        .chain([S.add(1), .group([S.add(2)]), S.add(3)]),
        .chain([S.add(1), .group([]), S.add(3)]),
        .chain([.group([]), S.add(3)]),
        .chain([.group([S.add(1), S.add(2)]), .group([S.add(3), S.add(4)])]),
        .chain([.group([S.add(1), S.add(2)]), .group([S.add(3), S.add(4)]), S.xsum]),
        .chain([.group([S.add(1), S.add(2)]), S.xsum, S.add(3), .group([S.add(4), S.add(5)]), S.xsum, S.add(6)]),
        .chain([S.add(1), .group([S.add(2), S.add(3)])]),
        .chain([S.add(1), .chord([S.add(2), S.add(3)], body: .chain([S.xsum, S.mul(2)])), S.add(9)]),
        .group([S.add(1), .chain([S.add(2), S.add(3)])]),
        .group([S.add(1), .chord([S.add(2), S.add(3)], body: S.xsum)]),
        .group([.group([S.add(1), S.add(2)]), S.add(3)]),
        .group([S.add(1), .chain([]), S.add(3)]),
        .group([]),
        .group([.chain([S.add(1), .group([S.add(2), S.add(3)])])]),
        .chord([S.add(1), S.add(2)], body: S.xsum),
        .chord([], body: S.xsum),
        .chord([], body: .chain([S.xsum, S.add(1)])),
        .chord([S.add(1), .chain([S.add(2), S.add(3)])], body: S.xsum),
        .chord([.chord([S.add(1)], body: S.xsum), S.add(3)], body: S.xsum),
        .chord([.chain([S.add(1), .group([S.add(2), S.add(3)])])], body: S.xsum),
        .chord([S.add(1), S.add(2)], body: .group([S.add(3), S.add(4)])),
        .chord([S.add(1), S.add(2)], body: .chord([S.add(3), S.add(4)], body: S.xsum)),
        .chord([S.add(1), S.add(2).immutable()], body: .chain([S.xsum, S.add(4)])),
        CanvasSignature.chain([S.add(1), .group([S.add(2), S.add(4)]), S.xsum, S.add(5)])
            .linked(to: S.add(9)).linkedOnError(to: S.add(8)),
        CanvasSignature.chord([S.add(1), S.add(2)], body: S.xsum).linked(to: S.add(9)).linkedOnError(to: S.add(8)),
        CanvasSignature.group([S.add(1), S.add(2)]).linked(to: S.add(9)).linkedOnError(to: S.add(8)),
        queued(.chain([S.add(1), S.add(2)])), queued(.group([S.add(1), .chain([S.add(2), S.add(3)])])),
        queued(.chord([S.add(1)], body: S.xsum)), queued(S.add(1)),
        .map(S.call("tasks.identity"), items: Array("[1,2]".utf8)),
    ]

    private static func queued(_ canvas: CanvasSignature) -> CanvasSignature {
        var queued = canvas
        queued.options.queue = "other"
        return queued
    }
}
