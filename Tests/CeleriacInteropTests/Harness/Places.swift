import Foundation
import RedisUnderTest

/// Where the programs of the tests are.
enum Places {
    /// The package's root, from this file's place.
    static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let python = package.appending(path: ".venv/bin/python")
    static let pythonSources = package.appending(path: "Tests/CeleriacInteropTests/Python")
}

/// A folder that is gone when the last one who knows it is.
final class Scratch: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "celeriac-interop-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// A file that tasks wait for.
    func gate() -> Gate { Gate(path: path("gate-\(UUID().uuidString.prefix(8))")) }

    /// The lines of a file; none if there is no file.
    func lines(_ name: String) -> [String] {
        ((try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }
}

/// A file whose being there lets tasks of other processes go on.
struct Gate: Sendable {
    let path: String

    func open() throws { try Data().write(to: URL(filePath: path)) }
}

/// The short pause between two looks at what tells no one when it is ready.
func pauseBriefly() async throws { try await Pause.briefly() }

/// Looks again and again until the condition holds; ends with the test's own time limit.
func waitUntil(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await pauseBriefly() }
}
