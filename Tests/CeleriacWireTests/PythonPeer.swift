import CeleriacCore
import Foundation
import TestKit
import Testing

/// The real Celery and RQ, in the virtual environment that the set-up script makes, as readers of what we write.
struct PythonPeer {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let python = root.appendingPathComponent(".venv/bin/python")

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: python.path) }

    /// What Celery makes of texts: see `accept.py`; or RQ, see `accept_rq.py`.
    static func read(_ texts: JSONValue, by script: String = "accept.py") async throws -> JSONValue {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("celeriac-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["input", "output", "errors"].map { folder.appendingPathComponent($0) }
        try Data(texts.bytes).write(to: files[0])
        for file in files[1...] { try Data().write(to: file) }
        let script = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/python/\(script)")
        let process = Process()
        process.executableURL = python
        process.arguments = [script.path]
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        let status = try await withCheckedThrowingContinuation { (end: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { end.resume(returning: $0.terminationStatus) }
            do { try process.begin() } catch { end.resume(throwing: error) }
        }
        let errors = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        try #require(status == 0, "\(errors.suffix(2000))")
        let limits = JSONLimits(keys: .max, stringBytes: .max)
        return try JSONValue(parsing: Data(contentsOf: files[1]), limits: limits)
    }
}
