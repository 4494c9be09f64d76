#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import Foundation

/// Where a command prints, and whether a person can answer.
struct Terminal: Sendable {
    var write: @Sendable (String) -> Void
    var writeError: @Sendable (String) -> Void
    var readLine: @Sendable () -> String?
    /// The columns of standard output; `nil` if it is not a terminal, so that nothing is cut.
    var width: Int?
    /// Whether a person can be asked.
    var canAsk: Bool
    /// Whether standard error is a terminal, where a line can be overwritten.
    var overwrites: Bool
    /// Whether standard output shows colours.
    var isColoured = false
    /// Whether standard error shows colours.
    var isErrorColoured = false

    static let live = Terminal(
        write: { FileHandle.standardOutput.write(Data($0.utf8)) },
        writeError: { FileHandle.standardError.write(Data($0.utf8)) },
        readLine: { Swift.readLine() },
        width: columns(of: STDOUT_FILENO),
        canAsk: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
        overwrites: isatty(STDERR_FILENO) == 1,
        isColoured: Style.isWanted(isTerminal: isatty(STDOUT_FILENO) == 1, ProcessInfo.processInfo.environment),
        isErrorColoured: Style.isWanted(isTerminal: isatty(STDERR_FILENO) == 1, ProcessInfo.processInfo.environment)
    )

    /// Prints a line of the result to standard output.
    func print(_ line: String) { write(line + "\n") }

    /// Prints a warning, an error or a note to standard error.
    func note(_ line: String) { writeError(line + "\n") }

    /// Prints an error to standard error.
    func error(_ message: String) {
        note((isErrorColoured ? Style.red.applied(to: "Error:") : "Error:") + " " + message)
    }

    /// Asks for a confirmation.
    ///
    /// - Throws: ``CommandFailure`` if nobody can be asked, or if the answer is no.
    func confirm(_ question: String) throws {
        guard canAsk else {
            throw CommandFailure(.usage, "\(question) There is no terminal to ask on: confirm with --force")
        }
        writeError("\(question) [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else {
            throw CommandFailure(.failed, "not confirmed: nothing was changed")
        }
    }

    private static func columns(of file: Int32) -> Int? {
        var size = winsize()
        guard isatty(file) == 1, ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
