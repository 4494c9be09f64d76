#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CChildProcess
import CeleriacCore
import CrashReport
import Foundation

/// Starts children: this program again, with the same arguments.
struct ChildLaunch: Sendable {
    private let path: String
    private let arguments: [String]
    private let environment: [String]

    init(_ options: ChildOptions) {
        #if os(Linux)
            // The running program, even if its file has been replaced since.
            path = "/proc/self/exe"
        #else
            path = Bundle.main.executablePath ?? CommandLine.arguments[0]
        #endif
        arguments = CommandLine.arguments
        environment = Self.environment(options, ProcessInfo.processInfo.environment)
    }

    /// - Throws: `CeleriacError` with code `invalidConfiguration` for a program that runs tests: its children would run
    ///   all of them again, and start children in turn.
    static func checkProgram(_ path: String) throws {
        guard [".xctest", "/xctest", "swiftpm-testing-helper"].contains(where: path.hasSuffix) else { return }
        throw CeleriacError(
            .invalidConfiguration,
            "tests cannot use child processes: a child is this program, started again, and this program runs tests. "
                + "Use pool: .inProcess(), or start a program of your own"
        )
    }

    static func environment(_ options: ChildOptions, _ own: [String: String]) -> [String] {
        var environment = own
        if case .only(let names) = options.environment { environment = own.filter { names.contains($0.key) } }
        environment[ThisProcess.parentVariable] = "\(ThisProcess.pid)"
        if own["SWIFT_BACKTRACE"] == nil {
            environment["SWIFT_BACKTRACE"] = options.takesBacktraces ? CrashTrace.environment : "enable=no"
        }
        return environment.map { "\($0.key)=\($0.value)" }
    }

    /// A process that was started, and our ends of its channel and its output.
    struct Started {
        let pid: Int32
        let channel: Int32
        let output: Int32
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ what: String, _ error: Int32) {
            description = "\(what): \(String(cString: strerror(error)))"
        }
    }

    /// Starts a child. Call it on a thread that outlives the child: Linux ends the child with that thread.
    func start() throws(Failure) -> Started {
        var channel: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        var error = celeriac_make_channel(&channel)
        guard error == 0 else { throw Failure("no channel to a child can be made", error) }
        error = celeriac_make_pipe(&output)
        guard error == 0 else {
            channel.forEach { close($0) }
            throw Failure("no pipe from a child can be made", error)
        }
        var pid: pid_t = 0
        error = Self.withStrings(arguments) { arguments in
            Self.withStrings(environment) { environment in
                celeriac_spawn(path, arguments, environment, channel[1], output[1], &pid)
            }
        }
        close(channel[1])
        close(output[1])
        guard error == 0 else {
            close(channel[0])
            close(output[0])
            throw Failure("no child can be started from \(path)", error)
        }
        return Started(pid: pid, channel: channel[0], output: output[0])
    }

    /// Passes the texts as a null-terminated array of C strings.
    private static func withStrings<Value>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        let copies = texts.map { strdup($0) } + [nil]
        defer { copies.forEach { free($0) } }
        return copies.withUnsafeBufferPointer { copies in
            // Not empty: it ends with a null.
            copies.baseAddress.map(body)!
        }
    }
}
