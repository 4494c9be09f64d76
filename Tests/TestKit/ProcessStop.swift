import Foundation

/// SIGSTOP, and back only when the process has stopped.
public enum ProcessStop {
    /// Stops a process in its tracks. Returns when each of its threads has stopped: on a busy machine one that was on
    /// its way to an answer would still give it. Where there is no `/proc`, it returns at once.
    public static func freeze(_ pid: Int32) async throws {
        kill(pid, SIGSTOP)
        while !hasStopped(pid) { try await Task.sleep(for: .milliseconds(1)) }
    }

    private static func hasStopped(_ pid: Int32) -> Bool {
        let folder = "/proc/\(pid)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.allSatisfy { thread in
            guard let stat = try? String(contentsOfFile: "\(folder)/\(thread)/stat", encoding: .utf8) else {
                return true
            }
            // pid (name) state …: a name may contain blanks and brackets.
            let state = stat.split(separator: ")").last?.drop { $0 == " " }.first
            return state == "T" || state == "t" || state == "Z" || state == "X"
        }
    }
}
