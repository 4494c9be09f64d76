import CeleriacCore
import Foundation
import Testing

/// A recording of what Celery did to a chord in Redis.
struct RecordedChord {
    /// Every command in order, but for those that are no array of texts.
    let commands: [[String]]

    init(_ name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "CeleriacWireTests/Fixtures/celery-redis/\(name).json")
        let document = try JSONValue(parsing: Data(contentsOf: file), limits: JSONLimits(stringBytes: .max))
        commands = (document["commands"]?.arrayValue ?? []).compactMap { command in
            command.arrayValue?.compactMap(\.stringValue)
        }
    }

    /// The words behind a command's name, each time it was given for a key that ends so.
    func words(of name: String, key suffix: String) -> [[String]] {
        commands.filter { $0.first == name && $0.count > 1 && $0[1].hasSuffix(suffix) }.map { Array($0.dropFirst()) }
    }

    /// The id of the header's group.
    var groupID: String {
        get throws {
            let key = try #require(words(of: "SET", key: ".s").first?.first)
            return String(key.dropFirst("celery-taskset-meta-".count).dropLast(2))
        }
    }
}

extension ChordOpening {
    static func sample(_ groupID: String, size: Int, header: CanvasResult? = nil, expires: Date? = nil) -> ChordOpening
    {
        ChordOpening(
            groupID: groupID, size: size, body: sampleBody, rootID: "root", header: header, expires: expires)
    }

    static let sampleBody = Array(
        #"{"task":"tasks.sum","args":[],"kwargs":{},"options":{"task_id":"body"},"subtask_type":null,"immutable":false}"#
            .utf8)
}

extension ChordReport {
    /// One that has succeeded, with its place as the result.
    static func sample(_ groupID: String, _ index: Int?, _ id: TaskID, expires: Date? = nil) -> ChordReport {
        ChordReport(
            groupID: groupID, index: index, id: id, result: .success(Array("\(index ?? -1)".utf8)),
            body: ChordOpening.sampleBody, rootID: "root", expires: expires)
    }
}

extension ClaimedChord {
    /// The results by id, as text; of one that failed its type.
    var outcomes: [TaskID: String] {
        Dictionary(
            uniqueKeysWithValues: parts.map { part in
                switch part.result {
                case .success(let text): (part.id, String(decoding: text, as: UTF8.self))
                case .failure(let failure), .revoked(let failure): (part.id, failure.type)
                }
            })
    }
}
