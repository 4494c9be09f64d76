import CeleriacCore
import CeleriacTesting
import Foundation
import Logging

@testable import CeleriacSQLite

/// A directory of a test's own, for its owner only, gone with it.
final class Scratch: Sendable {
    let directory: String

    init() throws {
        directory = NSTemporaryDirectory() + "celeriac-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var path: String { directory + "/tasks.sqlite" }

    func store(
        at path: String? = nil, time: any TimeSource = ManualTime(), logger: Logger = LogLines().logger,
        _ configure: (inout SQLiteStore.Options) -> Void = { _ in }
    ) throws -> SQLiteStore {
        var options = SQLiteStore.Options()
        configure(&options)
        return try SQLiteStore(path: path ?? self.path, options: options, time: time, logger: logger)
    }
}
