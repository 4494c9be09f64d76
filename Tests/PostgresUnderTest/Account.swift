import Foundation

/// The system account that the servers run as. PostgreSQL and PgBouncer refuse to run as root.
struct Account: Sendable {
    private let user: uid_t
    private let group: gid_t

    /// `nil` if the servers run as the user who runs the tests. Root hands them to `postgres`, or else to `nobody`.
    static let other: Account? = getuid() == 0 ? Account(named: "postgres") ?? Account(named: "nobody") : nil

    private init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        user = entry.pointee.pw_uid
        group = entry.pointee.pw_gid
    }

    /// Returns the command that runs `command` under the servers' account. It replaces itself, so the process keeps its number.
    static func running(_ command: [String]) -> [String] {
        guard let other else { return command }
        let identity = ["--reuid", "\(other.user)", "--regid", "\(other.group)", "--clear-groups", "--inh-caps=-all"]
        return ["setpriv"] + identity + command
    }

    /// Makes that account the owner of a file.
    static func own(_ path: String) throws {
        guard let other else { return }
        guard chown(path, other.user, other.group) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    }
}
