import CeleriacCanvas
import CeleriacCore
import CeleriacWire
import Foundation
import Testing

/// A message of a recording, or one of ours, as far as a canvas decides it.
struct CanvasMessage {
    let envelope: Envelope
    let arguments: JSONValue
    let finished: FinishedCall
    let embedText: [UInt8]

    private static let codec = CeleryCodec()

    init(_ envelope: Envelope) throws {
        self.envelope = envelope
        let body = try JSONValue(parsing: envelope.body)
        arguments = [try #require(body[0]), try #require(body[1])]
        let call = try Self.codec.decode(envelope)
        embedText = call.embed
        finished = try CanvasCodec(priorities: .lowFirst).finished(envelope, call)
    }

    init(_ call: CanvasCall) throws {
        try self.init(Self.codec.encode(CanvasCodec(priorities: .lowFirst).message(of: call)))
    }

    init(kombu raw: [UInt8]) throws {
        try self.init(KombuEnvelope.decode(raw, limits: MessageLimits()).envelope)
    }

    var id: TaskID { envelope.id }
    var embed: CanvasEmbed { finished.embed }

    /// Headers and body; without what tells who has sent it.
    var shape: JSONValue {
        get throws {
            var headers = envelope.headers
            headers.origin = nil
            headers.ignoreResult = nil
            for name in ["argsrepr", "kwargsrepr"] { headers.extra[name] = nil }
            if headers.extra["stamped_headers"] == .null { headers.extra["stamped_headers"] = nil }
            let embed = try JSONValue(parsing: embedText)
            return [
                try JSONValue(parsing: headers.json(verbose: true)), arguments, embed,
                envelope.properties.replyTo.map(JSONValue.string) ?? nil,
            ]
        }
    }
}

extension Fixture {
    /// The task messages that were pushed, in order.
    var canvasMessages: [CanvasMessage] {
        get throws {
            let commands = document["commands"]?.arrayValue ?? []
            let pushed = commands.filter { $0[0] == "LPUSH" }.compactMap { $0[2]?.stringValue }.map { Array($0.utf8) }
            let all = document["messages"] == nil ? pushed : raw("messages")
            return try all.filter { String(decoding: $0, as: UTF8.self).contains("\"task\"") }.map {
                try CanvasMessage(kombu: $0)
            }
        }
    }

    /// The value of the first command of a name on a key that ends so: `SET` of `….s`.
    func value(of command: String, on ending: String) -> String? {
        for list in [document["other_commands"], document["commands"]].compactMap({ $0?.arrayValue }) {
            for entry in list where entry[0]?.stringValue == command {
                if entry[1]?.stringValue?.hasSuffix(ending) == true {
                    return entry[command == "SETEX" ? 3 : 2]?.stringValue
                }
            }
        }
        return nil
    }

    /// The result that was stored for a call.
    func record(of id: TaskID) throws -> TaskRecord {
        let stored = document["results"]?.arrayValue?.first { $0["value"]?["task_id"]?.stringValue == id.rawValue }
        let text = try #require(stored?["raw"]?.stringValue)
        return try ResultDocument.decode(Array(text.utf8), id: id, limits: MessageLimits())
    }
}

/// Ids by the order in which they come: recordings and we have others, at the same places.
enum IDs {
    static func mapped(_ values: [JSONValue]) -> [JSONValue] {
        var known: [String: String] = [:]
        return values.map { mapped($0, &known) }
    }

    private static func mapped(_ value: JSONValue, _ known: inout [String: String]) -> JSONValue {
        switch value {
        case .string(let text) where isID(text):
            let name = known[text] ?? "id\(known.count)"
            known[text] = name
            return .string(name)
        case .array(let elements): return .array(elements.map { mapped($0, &known) })
        case .object(let members):
            var mapped: JSONObject = [:]
            for (name, member) in members.sorted(by: { $0.key < $1.key }) { mapped[name] = Self.mapped(member, &known) }
            return .object(mapped)
        default: return value
        }
    }

    private static func isID(_ text: String) -> Bool { text.utf8.count == 36 && UUID(uuidString: text) != nil }
}

/// Short for tests.
enum Sample {
    static let replyTo = "eed39283-5fca-3883-b652-8e41c872db56"
    static let now = Date(timeIntervalSince1970: 1_795_335_186)
    static let surroundings = CanvasSurroundings(replyTo: replyTo, now: now)

    static func call(_ task: TaskName, _ args: JSONValue...) -> CanvasSignature {
        .call(task, EncodedArguments(args: args))
    }
    static func add(_ args: JSONValue...) -> CanvasSignature { .call("tasks.add", EncodedArguments(args: args)) }
    static func mul(_ args: JSONValue...) -> CanvasSignature { .call("tasks.mul", EncodedArguments(args: args)) }
    static let xsum = CanvasSignature.call("tasks.xsum")

    static func plan(_ canvas: CanvasSignature, partial: EncodedArguments = .none) throws -> CanvasPlan {
        var expansion = CanvasExpansion(ids: .random, in: surroundings)
        return try expansion.plan(canvas, partial: partial)
    }

    static func shapes(_ plan: CanvasPlan) throws -> [JSONValue] {
        try plan.calls.map { try CanvasMessage($0).shape }
    }
}
