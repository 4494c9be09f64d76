import Foundation
import TestKit

/// A file system of a few megabytes, with a file that fills a part of it.
struct SmallDisk: Sendable {
    private static let size = "24m"
    private static let ballast = 4 << 20
    /// For a server.
    let folder: URL
    private let filler: URL

    /// Whether this machine lets the tests mount one: Linux, as root.
    static let isPossible: Bool = {
        let place = FileManager.default.temporaryDirectory.appending(path: "celeriac-disk-\(UUID())")
        defer { try? FileManager.default.removeItem(at: place) }
        guard (try? mount(at: place)) != nil else { return false }
        unmount(place)
        return true
    }()

    /// Mounts one for the scope of `body`.
    static func run(_ body: (SmallDisk) async throws -> Void) async throws {
        // The server's account must be able to reach it, whatever TMPDIR says.
        let place = URL(filePath: "/tmp/celeriac-disk-\(UUID())")
        defer { try? FileManager.default.removeItem(at: place) }
        try mount(at: place)
        defer { unmount(place) }
        try await body(try SmallDisk(place))
    }

    private init(_ place: URL) throws {
        folder = place.appending(path: "server")
        filler = place.appending(path: "filler")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        try Data(count: Self.ballast).write(to: filler)
    }

    /// Deletes the file that fills it.
    func makeRoom() throws { try FileManager.default.removeItem(at: filler) }

    private static func mount(at place: URL) throws {
        try FileManager.default.createDirectory(
            at: place, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        guard run("mount", "-t", "tmpfs", "-o", "size=\(size),mode=755", "tmpfs", place.path) == 0 else {
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    /// Also while a process still has files there.
    private static func unmount(_ place: URL) { _ = run("umount", "-l", place.path) }

    private static func run(_ command: String...) -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.begin()) != nil else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
