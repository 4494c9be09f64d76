import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

/// A pickle that the real pickler made, or one made by hand: see `pickles.py`.
struct RecordedPickle: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    /// The protocol; `nil` for hostile ones.
    let version: Int?
    /// Whether we write it as Python does.
    let isTree: Bool
    /// What kombu writes of the value.
    let json: String?
    /// What must stand in the refusal.
    let refused: String?

    var testDescription: String { version.map { "\(name), protocol \($0)" } ?? name }

    static func data() throws -> [RecordedPickle] { try loadedData.get() }
    static func hostile() throws -> [RecordedPickle] { try loadedHostile.get() }

    // Read once: the corpus is large.
    private static let loadedData = Result { try loadData() }
    private static let loadedHostile = Result { try loadHostile() }

    private static func loadData() throws -> [RecordedPickle] {
        let entries = try #require(try Fixture("data", in: "pickle").document["pickles"]?.arrayValue)
        return try entries.flatMap { entry in
            try #require(entry["pickles"]?.objectValue).sorted { $0.key < $1.key }.map { version, text in
                RecordedPickle(
                    name: entry["name"]?.stringValue ?? "", bytes: try bytes(text), version: Int(version.text),
                    isTree: entry["isTree"] == true, json: entry["json"]?.stringValue, refused: nil)
            }
        }
    }

    private static func loadHostile() throws -> [RecordedPickle] {
        let entries = try #require(try Fixture("hostile", in: "pickle").document["pickles"]?.arrayValue)
        return try entries.map { entry in
            RecordedPickle(
                name: entry["name"]?.stringValue ?? "", bytes: try bytes(entry["pickle"] ?? .null), version: nil,
                isTree: false, json: nil, refused: try #require(entry["refused"]?.stringValue))
        }
    }

    private static func bytes(_ text: JSONValue) throws -> [UInt8] {
        [UInt8](try #require(Data(base64Encoded: text.stringValue ?? "?")))
    }
}
