import Celeriac
import CeleriacCore

/// The exit codes of the commands.
enum CommandExit: Int32 {
    case done = 0
    case failed = 1
    case notFound = 3
    case timeout = 4
    // The codes below are those of BSD's sysexits.h.
    case usage = 64
    case unavailable = 69
    case configuration = 78

    static let table = """
        Commands print JSON with --json. Exit codes: 0 success; 1 the task failed or was revoked, a worker \
        refused a command, or a worker left unfinished tasks; 3 not found, or no worker answered; 4 the task did \
        not end in time; 64 wrong usage; 69 broker or result backend unreachable; 78 wrong configuration.
        """
}

/// The reason why a command failed: a sentence for people, without control characters, and an exit code.
struct CommandFailure: Error {
    let exit: CommandExit
    let message: String

    init(_ exit: CommandExit, _ message: String) { self.init(exit, errors: [message]) }

    /// Joins the errors, one line each. Further lines of a message are indented, so that none looks like an error of
    /// its own.
    init(_ exit: CommandExit, errors: [String]) {
        self.exit = exit
        message = errors.map { $0.visible.replacing("\n", with: "\n    ") }.joined(separator: "\nError: ")
    }

    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let failure as TaskFailure: self.init(.failed, "\(failure)")
        case let error as BrokerError: self.init(.unavailable, "\(error)")
        case let error as CeleriacError: self.init(Self.exit(for: error.code), Self.sentence(error))
        default: self.init(.failed, "\(error)")
        }
    }

    private static func exit(for code: CeleriacError.Code) -> CommandExit {
        switch code {
        case .unknownQueue, .unknownTaskID, .unknownEntry: .notFound
        case .timeout: .timeout
        case .invalidArguments, .invalidName, .tooLarge: .usage
        case .invalidURL, .invalidConfiguration, .noApp, .noResultBackend, .duplicateTask, .unsupported: .configuration
        default: .failed
        }
    }

    private static func sentence(_ error: CeleriacError) -> String {
        error.underlying.map { "\(error.message) (\($0))" } ?? error.message
    }
}
