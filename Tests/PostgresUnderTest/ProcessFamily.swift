import Foundation
import TestKit

/// A postmaster and its children, one for each connection and chore. Each leads a process group of its own.
enum ProcessFamily {
    /// Stops all of them in their tracks, the parent first, so that it starts no others. Where there is no `/proc`, the
    /// parent alone.
    ///
    /// - Returns: all that it stopped.
    static func freeze(_ parent: Int32) async throws -> [Int32] {
        try await ProcessStop.freeze(parent)
        let children = children(of: parent)
        for child in children { try await ProcessStop.freeze(child) }
        return [parent] + children
    }

    /// Whether it still runs. A zombie does not: nobody may be there to collect a child whose parent was killed.
    static func isRunning(_ pid: Int32) -> Bool {
        guard Foundation.kill(pid, 0) == 0 else { return false }
        return Stat(pid)?.state != "Z"
    }

    private static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { Stat($0)?.parent == parent }
    }

    /// What Linux tells about a process, proc(5).
    private struct Stat {
        let state: Substring
        let parent: Int32

        init?(_ pid: Int32) {
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
            // pid (name) state parent …: a name may contain blanks and brackets.
            guard let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 1,
                let parent = Int32(fields[1])
            else { return nil }
            self.state = fields[0]
            self.parent = parent
        }
    }
}
