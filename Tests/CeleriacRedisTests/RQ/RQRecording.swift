import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

/// What RQ 3.0.0 did and left behind, as it was recorded: see the fixtures of the wire's tests.
struct RQRecording {
    let document: JSONValue

    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "CeleriacWireTests/Fixtures/rq")
        document = try JSONValue(parsing: Data(contentsOf: folder.appending(path: "\(name).json")))
    }

    /// The hash of a job at the end of the recording.
    func job(_ id: TaskID) throws -> [String: [UInt8]] {
        let jobs = try #require(document["job"] ?? document["jobs"])
        // Of one job alone, the hash stands there itself.
        let members = try #require((jobs[id.rawValue] ?? jobs).membersByName)
        return members.mapValues(Self.bytes)
    }

    func fields(_ id: TaskID) throws -> RQFields {
        RQFields(try job(id).sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
    }

    /// The latest entry of the results.
    func lastResult() throws -> [String: String] {
        let entry = try #require(document["results"]?.arrayValue?.last?["fields"]?.membersByName)
        return entry.mapValues { $0.stringValue ?? "" }
    }

    /// What lay in a key at the end.
    func key(_ name: String) -> RQValue? { (document["keys"] ?? document["other_keys"])?[name].map(RQValue.init) }

    /// Does again what producers did, up to the first command of a worker.
    func replayProducers(into store: RQStore, jobs: Set<String>) async throws {
        let passedOver: Set<String> = [
            "MULTI", "EXEC", "WATCH", "UNWATCH", "EVALSHA", "SCRIPT", "SUBSCRIBE", "BLMOVE", "HGETALL",
        ]
        for command in document["commands"]?.arrayValue ?? [] {
            let words = (command.arrayValue ?? []).map(Self.bytes)
            let texts = words.map { String(decoding: $0, as: UTF8.self) }
            guard let name = texts.first, !passedOver.contains(name) else { continue }
            // The worker's own: all that a producer does names a queue, a job of its or a rate limit.
            if texts.dropFirst().contains(where: { $0.hasPrefix("rq:worker:") || $0.hasPrefix("rq:execution") }) {
                return
            }
            var again = RESPCommand("EVAL", "return redis.call(unpack(ARGV))", 0, name)
            for (text, word) in zip(texts, words).dropFirst() {
                if text.hasPrefix("rq:") {
                    again.append(store.keys.prefix + text.dropFirst(2))
                } else {
                    again.append(word)
                }
            }
            _ = try await store.client.send(again)
            if name == "RPUSH",
                jobs.isSubset(
                    of: try await Set(
                        store.raw("LRANGE", texts[1].replacing("rq:", with: "\(store.keys.prefix):"), "0", "-1").texts))
            {
                return
            }
        }
    }

    static func bytes(_ value: JSONValue) -> [UInt8] {
        if let text = value["base64"]?.stringValue { return [UInt8](Data(base64Encoded: text) ?? Data()) }
        return Array((value.stringValue ?? value.text).utf8)
    }
}

/// What lies in a key, to be compared.
struct RQValue: Equatable, CustomStringConvertible {
    let description: String

    init(_ recorded: JSONValue) {
        let value = recorded["value"] ?? .null
        switch recorded["type"]?.stringValue {
        case "set": self.init(members: value.arrayValue?.compactMap(\.stringValue) ?? [])
        case "list": self.init(list: value.arrayValue?.compactMap(\.stringValue) ?? [])
        case "zset":
            let pairs = value.arrayValue ?? []
            self.init(
                scored: pairs.compactMap { pair in
                    pair[0]?.stringValue.map { ($0, pair[1]?.doubleValue ?? .infinity) }
                })
        case "hash":
            self.init(
                fields: (value.membersByName ?? [:]).mapValues {
                    String(decoding: RQRecording.bytes($0), as: UTF8.self)
                })
        default: self.init(list: [value.text])
        }
    }

    init(members: [String]) { description = "set " + members.sorted().joined(separator: ",") }
    init(list: [String]) { description = "list " + list.joined(separator: ",") }
    init(scored: [(String, Double)]) {
        description = "zset " + scored.map { "\($0.0)=\($0.1)" }.sorted().joined(separator: ",")
    }
    init(fields: [String: String]) {
        description = "hash " + fields.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
    }
}

extension RQStore {
    /// What lies in a key that is named with RQ's usual prefix, told with that prefix.
    func value(_ name: String) async throws -> RQValue? {
        let key = keys.prefix + name.dropFirst(2)
        func usual(_ text: String) -> String {
            text.hasPrefix(keys.prefix + ":") ? "rq" + text.dropFirst(keys.prefix.count) : text
        }
        switch try await raw("TYPE", key).text {
        case "set": return RQValue(members: try await raw("SMEMBERS", key).texts.map(usual))
        case "list": return RQValue(list: try await raw("LRANGE", key, "0", "-1").texts)
        case "zset": return RQValue(scored: try await raw("ZRANGE", key, "0", "-1", "WITHSCORES").scored)
        case "hash":
            let fields = RQFields(try await raw("HGETALL", key)).fields
            return RQValue(
                fields: Dictionary(
                    uniqueKeysWithValues: fields.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }))
        default: return nil
        }
    }

    /// The names of all keys, told with RQ's usual prefix; ours alone left out.
    func keyNames() async throws -> Set<String> {
        let names = try await raw("KEYS", "\(keys.prefix):*").texts
        return Set(names.map { "rq" + $0.dropFirst(keys.prefix.count) }.filter { !$0.hasPrefix("rq:celeriac:") })
    }

    /// A job's hash, without our own fields.
    func hash(_ id: TaskID) async throws -> [String: [UInt8]] {
        let fields = RQFields(try await raw("HGETALL", keys.job(id))).fields.filter { !$0.name.hasPrefix("celeriac") }
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
    }

    /// The latest entry of a job's results, without our own fields.
    func lastResult(of id: TaskID) async throws -> [String: String] {
        let entries = try await raw("XREVRANGE", keys.results(of: id), "+", "-", "COUNT", "1").elements
        let entry = try #require(entries?.first?.elements?.last)
        let fields = RQFields(entry).fields.filter { !$0.name.hasPrefix("celeriac") }
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) })
    }

    /// Whether a key goes after so many seconds, or did when it was written, lately.
    func isKept(_ key: String, for seconds: Int) async throws -> Bool {
        let left = try await raw("TTL", key).integer ?? -3
        return seconds < 0 ? left == Int64(seconds) : (Int64(seconds) - 15...Int64(seconds)).contains(left)
    }
}

/// Compares two hashes but for the fields whose value is that of a moment: there both have a date, or neither.
func expectSame(
    _ ours: [String: [UInt8]], _ theirs: [String: [UInt8]], moments: Set<String> = ["started_at", "last_heartbeat"],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    func shown(_ hash: [String: [UInt8]]) -> [String] {
        hash.map { name, value in
            let text = String(decoding: value, as: UTF8.self)
            guard moments.contains(name) else { return "\(name)=\(text.debugDescription)" }
            let isDate = text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil
            return "\(name)=\(isDate ? "a date" : text.debugDescription)"
        }.sorted()
    }
    #expect(shown(ours) == shown(theirs), sourceLocation: sourceLocation)
}

extension JSONValue {
    /// The members of an object by the text of their keys.
    var membersByName: [String: JSONValue]? {
        objectValue.map { members in Dictionary(uniqueKeysWithValues: members.map { ($0.key.text, $0.value) }) }
    }
}
