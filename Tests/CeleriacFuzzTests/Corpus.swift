import CeleriacCore
import CeleriacRQWire
import CeleriacWire
import Foundation

/// What the real Celery and the real RQ wrote, as it was recorded for the wire's tests.
enum Corpus {
    /// Every task message, as one tree: its body is not packed in text.
    static func messages() throws -> [JSONValue] {
        var texts: Set<String> = []
        for document in try documents(in: "celery-redis") { collect(document, into: &texts) }
        return texts.sorted().compactMap(tree)
    }

    /// Every hash of a job that has a call.
    static func jobs() throws -> [[RQFields.Field]] {
        var jobs: Set<[RQFields.Field]> = []
        for document in try documents(in: "rq") { collect(document, into: &jobs) }
        return jobs.sorted { "\($0)" < "\($1)" }
    }

    private static func documents(in folder: String) throws -> [JSONValue] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "CeleriacWireTests/Fixtures/\(folder)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        return try names.sorted().map {
            let data = try Data(contentsOf: folder.appending(path: $0))
            return try JSONValue(parsing: data, limits: JSONLimits(keys: .max, stringBytes: .max))
        }
    }

    // MARK: Celery

    private static func collect(_ value: JSONValue, into texts: inout Set<String>) {
        switch value {
        case .string(let text): if text.hasPrefix("{\"body\""), text.hasSuffix("}") { texts.insert(text) }
        case .array(let elements): for element in elements { collect(element, into: &texts) }
        case .object(let members): for (_, member) in members { collect(member, into: &texts) }
        case .null, .bool, .integer, .bigInteger, .double, .illFormedString: break
        }
    }

    private static func tree(_ text: String) -> JSONValue? {
        guard var members = (try? JSONValue(parsing: text))?.objectValue, members["headers"]?["task"] != nil,
            let packed = members["body"]?.stringValue, let body = Data(base64Encoded: packed),
            let value = try? JSONValue(parsing: body)
        else { return nil }
        members["body"] = value
        return .object(members)
    }

    // MARK: RQ

    private static func collect(_ value: JSONValue, into jobs: inout Set<[RQFields.Field]>) {
        switch value {
        case .array(let elements):
            if elements.first == "HSET", let job = job(Array(elements.dropFirst(2))) { jobs.insert(job) }
            for element in elements { collect(element, into: &jobs) }
        case .object(let members):
            let words = members.sorted { $0.key < $1.key }.flatMap { [.string($0.key.text), $0.value] }
            if members["status"] != nil, let job = job(words) { jobs.insert(job) }
            for (_, member) in members { collect(member, into: &jobs) }
        case .null, .bool, .integer, .bigInteger, .double, .string, .illFormedString: break
        }
    }

    private static func job(_ words: [JSONValue]) -> [RQFields.Field]? {
        let fields = stride(from: 0, to: words.count - 1, by: 2).compactMap { place -> RQFields.Field? in
            guard let name = words[place].stringValue else { return nil }
            let packed = words[place + 1]["base64"]?.stringValue.flatMap { Data(base64Encoded: $0) }
            let value = packed.map { [UInt8]($0) } ?? words[place + 1].stringValue.map { Array($0.utf8) }
            return value.map { RQFields.Field(name, $0) }
        }
        return fields.contains { $0.name == "data" } ? fields : nil
    }
}

extension JSONValue {
    /// The message that a tree of ``Corpus/messages()`` stands for, as a worker gets it from Redis; `nil` if it is refused there.
    var envelope: Envelope? { envelope(body: self["body"]?.bytes ?? []) }

    func envelope(body: [UInt8]) -> Envelope? {
        guard var members = objectValue else { return nil }
        members["body"] = .string(Data(body).base64EncodedString())
        return try? KombuEnvelope.decode(JSONValue.object(members).bytes, limits: MessageLimits()).envelope
    }
}
