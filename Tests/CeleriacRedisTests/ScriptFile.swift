import EmbeddedText
import Foundation
import Testing

/// One file of a target's `Scripts`, as it lies in the sources.
struct ScriptFile: Sendable, CustomTestStringConvertible {
    let target: String
    /// Relative to `Scripts`, without the extension.
    let path: String

    /// The targets, and the enumeration that lists the scripts of each.
    private static let targets = ["CeleriacRedis": "Scripts", "CeleriacRQ": "RQScripts"]
    static let all = files(in: "")
    static let allFragments = files(in: "Fragments/")

    var name: String { URL(filePath: path).lastPathComponent }
    var testDescription: String { "\(target)/\(path)" }

    var bytes: [UInt8] {
        get throws { [UInt8](try Data(contentsOf: Self.sources.appending(path: "\(target)/Scripts/\(path).lua"))) }
    }

    var lines: [Substring] {
        get throws {
            String(decoding: try bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        }
    }

    /// The text of the file that lists the target's scripts.
    var list: String {
        get throws {
            let file = "\(target)/\(try #require(Self.targets[target])).swift"
            return try String(contentsOf: Self.sources.appending(path: file), encoding: .utf8)
        }
    }

    /// Those of the target, as they lie in the sources.
    var fragments: EmbeddedFragments {
        get throws {
            let own = Self.allFragments.filter { $0.target == target }
            return EmbeddedFragments(Dictionary(uniqueKeysWithValues: try own.map { ($0.name, try $0.bytes) }))
        }
    }

    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    private static func files(in folder: String) -> [ScriptFile] {
        targets.keys.sorted().flatMap { target in
            let path = sources.appending(path: "\(target)/Scripts/\(folder)").path
            // A folder that cannot be read would leave the suite without a test: better that it stops.
            let names = try! FileManager.default.contentsOfDirectory(atPath: path)
            return names.filter { $0.hasSuffix(".lua") }.sorted().map {
                ScriptFile(target: target, path: folder + $0.dropLast(4))
            }
        }
    }
}
