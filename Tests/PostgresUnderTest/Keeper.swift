import Foundation
import TestKit

/// Ends the server of one folder and removes the folder when the test's process has ended, even by SIGKILL.
///
/// A postmaster outlives its parent. PR_SET_PDEATHSIG is no help: the signal comes when the *thread* that started the
/// child ends, and a test starts its processes on threads of pools. So a shell waits for the end of a pipe whose other
/// end only the test's process holds.
///
/// If the launched process slips through, because the test was killed while it started, PostgreSQL itself gives up: it
/// ends within a minute once its lock file is gone.
struct Keeper: Sendable {
    private let process: Process
    private let leash: Pipe

    /// - Parameter folder: need not be there yet: if the keeper starts first, no folder can stay behind. It will contain
    ///   `pid`, the number of the server's process, and perhaps `data`, the data folder.
    init(folder: URL) throws {
        process = Process()
        leash = Pipe.unshared()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Self.script, "sh", folder.path]
        process.currentDirectoryURL = URL(filePath: "/")
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

    /// SIGQUIT: a postmaster ends at once, kills children that do not within five seconds, and removes its shared memory;
    /// initdb ends after its present step. Their folder must stay until then: a server that misses its files panics, and
    /// leaves its shared memory behind. Whatever does not end is killed, and so is PgBouncer, which has nothing to lose.
    /// Each child of a postmaster leads a process group of its own.
    ///
    /// A killed postmaster leaves a small System V segment, whose number is in line 7 of its lock file. The rest of its
    /// memory, with the semaphores, goes with its processes; what they share dynamically is mapped from the data folder.
    private static let script = #"""
        trap '' INT TERM HUP
        cat >/dev/null
        folder=$1 server=$(cat "$1/pid")
        arguments() { if [ -d /proc/self ]; then cat "/proc/$server/cmdline"; else ps -o args= -p "$server"; fi; }
        children() {
            if [ -d /proc/self ]; then sed -n "s/^\([0-9]*\) (.*) . $server .*/\1/p" /proc/[0-9]*/stat
            else pgrep -P "$server"; fi
        }
        # The number may be somebody else's by now. The arguments of a zombie are empty.
        isRunning() { [ -n "$server" ] && arguments | grep -qF "$folder"; }
        if [ -d "$folder/data" ] && isRunning; then
            kill -QUIT "$server"
            kill -CONT $(children) "$server"
            for attempt in $(seq 1500); do
                isRunning || break
                sleep 0.02
            done
        fi
        if isRunning; then
            kill -STOP "$server"
            kill -KILL $(children) "$server"
        fi
        segment=$(sed -n '7s/^ *[0-9]* *//p' "$folder/data/postmaster.pid")
        [ -z "$segment" ] || ipcrm -m "$segment"
        # A process that is still dying may write into the folder.
        for attempt in $(seq 50); do
            rm -rf "$folder" && break
            sleep 0.1
        done
        """#
}
