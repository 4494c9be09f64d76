import CeleriacCore
import Foundation
import Testing

/// A recording made with the real Celery, or with the real RQ.
struct Fixture: CustomTestStringConvertible {
    let name: String
    let document: JSONValue

    private static func folder(_ folder: String) throws -> URL {
        try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(folder)")
    }

    init(_ name: String, in folder: String = "celery-redis") throws {
        self.name = name
        let url = try Self.folder(folder).appendingPathComponent(name + ".json")
        // A corpus of ours is larger than any message.
        let limits = JSONLimits(keys: .max, stringBytes: .max)
        document = try JSONValue(parsing: Data(contentsOf: url), limits: limits)
    }

    /// Every recording, by name.
    static func all(in folder: String = "celery-redis") throws -> [Fixture] {
        try FileManager.default.contentsOfDirectory(atPath: Self.folder(folder).path).sorted()
            .filter { $0.hasSuffix(".json") }.map { try Fixture(String($0.dropLast(5)), in: folder) }
    }

    var testDescription: String { name }

    /// The `raw` text that was recorded at the place, for example of the first of the `messages`.
    func recorded(_ list: String) throws -> JSONValue {
        let text = try #require(document[list]?[0]?["raw"]?.stringValue)
        return try JSONValue(parsing: text)
    }

    /// The `raw` texts of a list, in order.
    func raw(_ list: String) -> [[UInt8]] {
        (document[list]?.arrayValue ?? []).compactMap { $0["raw"]?.stringValue.map { Array($0.utf8) } }
    }

    /// Every text in the recording, wherever it stands, that begins so; but for those that the recording cuts short.
    func texts(beginning prefix: String) -> [String] {
        var found: [String] = []
        Self.visit(document) { text in if text.hasPrefix(prefix), text.hasSuffix("}") { found.append(text) } }
        return found
    }

    private static func visit(_ value: JSONValue, _ body: (String) -> Void) {
        switch value {
        case .string(let text): body(text)
        case .array(let elements): for element in elements { visit(element, body) }
        case .object(let members): for (_, member) in members { visit(member, body) }
        case .null, .bool, .integer, .bigInteger, .double, .illFormedString: break
        }
    }
}

extension JSONValue {
    /// The member at a path.
    func at(_ path: String...) -> JSONValue? { path.reduce(self) { $0?[$1] } }
}
