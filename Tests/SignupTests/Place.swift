import Foundation

/// Where the checkout and its products lie.
enum Place {
    static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The binary of a product, beside the bundle that holds these tests.
    static func product(_ name: String) throws -> URL {
        let bundles = Bundle.allBundles.map(\.bundleURL) + [URL(filePath: CommandLine.arguments[0])]
        let folders = bundles.map { $0.deletingLastPathComponent() } + bundles
        let places = folders.map { $0.appending(path: name) }
        if let place = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) { return place }
        throw Absent("no product \(name) beside the tests; run make build")
    }

    struct Absent: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

/// A folder that goes when its last user does.
final class TemporaryFolder: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "celeriac-signup-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }
}
