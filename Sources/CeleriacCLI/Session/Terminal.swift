#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import Foundation

/// Where a command speaks, and whether a person listens.
struct Terminal: Sendable {
    var write: @Sendable (String) -> Void
    var writeError: @Sendable (String) -> Void
    var readLine: @Sendable () -> String?
    /// Columns of standard output; `nil` = it is no terminal, and nothing is cut.
    var width: Int?
    /// Whether someone can be asked.
    var canAsk: Bool
    /// Whether standard error is a terminal, so that a line on it can be overwritten.
    var overwrites: Bool

    static let live = Terminal(
        write: { FileHandle.standardOutput.write(Data($0.utf8)) },
        writeError: { FileHandle.standardError.write(Data($0.utf8)) },
        readLine: { Swift.readLine() },
        width: columns(of: STDOUT_FILENO),
        canAsk: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
        overwrites: isatty(STDERR_FILENO) == 1
    )

    /// A line of the result.
    func print(_ line: String) { write(line + "\n") }

    /// A line about the result: warnings, errors, notes.
    func note(_ line: String) { writeError(line + "\n") }

    /// Asks for a yes.
    ///
    /// - Throws: ``CommandFailure`` if no one can be asked, or the answer is no.
    func confirm(_ question: String) throws {
        guard canAsk else {
            throw CommandFailure(.usage, "\(question) Nobody can be asked here: say it with --force")
        }
        writeError("\(question) [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else {
            throw CommandFailure(.failed, "nothing was done")
        }
    }

    private static func columns(of file: Int32) -> Int? {
        var size = winsize()
        guard isatty(file) == 1, ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
