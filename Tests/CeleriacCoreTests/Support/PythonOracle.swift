import CeleriacCore
import Foundation
import TestKit
import Testing

/// Python, in the virtual environment that the set-up script makes, as the one who knows better.
enum PythonOracle {
    private static let program = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".venv/bin/python").path

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// Runs one of `Fixtures/python`.
    ///
    /// - Returns: what it printed.
    static func run(_ script: String, input: String = "") async throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["input", "output", "errors"].map { folder.appending(path: $0) }
        for file in files { try Data(file == files[0] ? Array(input.utf8) : []).write(to: file) }
        let status = try await status(of: script, files)
        let errors = try String(contentsOf: files[2], encoding: .utf8)
        try #require(status == 0, "\(script) ended with \(status): \(errors.suffix(2000))")
        return try Array(Data(contentsOf: files[1]))
    }

    private static func status(of script: String, _ files: [URL]) async throws -> Int32 {
        let script = try #require(Bundle.module.resourceURL).appending(path: "Fixtures/python/\(script)")
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["-B", script.path]
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        return try await withCheckedThrowingContinuation { (end: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { end.resume(returning: $0.terminationStatus) }
            do { try process.begin() } catch { end.resume(throwing: error) }
        }
    }
}

/// An oracle's answer: lines of words, most of them numbers.
struct OracleLines {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next line; `nil` at the end.
    mutating func next() -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let line = rest[..<(rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex)]
        rest = rest[min(line.endIndex + 1, rest.endIndex)...]
        return line
    }

    static func words(_ line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The numbers of a line, those of each part that a semicolon ends in a list of their own; other words are left out.
    static func numbers(_ line: ArraySlice<UInt8>) -> [[Int]] {
        var parts: [[Int]] = [[]]
        for word in line.split(separator: UInt8(ascii: " ")) {
            if word.first == UInt8(ascii: ";") {
                parts.append([])
            } else if let number = Int(String(decoding: word, as: UTF8.self)) {
                parts[parts.count - 1].append(number)
            }
        }
        return parts
    }
}
