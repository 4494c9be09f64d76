import Foundation
import RedisUnderTest
import TestKit

/// Runs the node's port mapper, and ends everything of the node when the test's process has ended, however it did.
struct Keeper: Sendable {
    private let process: Process
    private let leash: Pipe

    init(_ node: Node) throws {
        process = Process()
        leash = Pipe.unshared()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Self.script, "sh", node.folder.path, "\(node.mapperPort)"]
        process.standardInput = leash
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.begin()
    }

    /// Ends everything now, and waits until it is gone.
    func end() {
        try? leash.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Reads until nobody holds the other end of its input any longer.
    private static let script = """
        trap '' INT TERM HUP
        epmd -port "$2" -address 127.0.0.1 </dev/null & mapper=$!
        cat >/dev/null
        server=$(cat "$1/pid")
        # The number may be somebody else's by now.
        grep -q "$1" "/proc/$server/cmdline" && kill -KILL "$server"
        kill -KILL "$mapper"
        wait
        rm -rf "$1"
        """
}
