public import CeleriacCore
import Foundation

extension BackendScheme {
    /// One SQLite file: `sqlite:///tasks.sqlite` in the current directory, or `sqlite:////var/lib/app/tasks.sqlite`
    /// with an absolute path.
    ///
    /// Options: `synchronous` = `full` (default) or `normal`; `busy_timeout` in milliseconds, default 5000.
    public static let sqlite = BackendScheme(["sqlite"]) { url, time in
        Backend(try SQLiteStore(path: path(of: url), options: options(of: url), time: time))
    }

    private static func path(of url: BackendURL) throws -> String {
        // As in SQLAlchemy and Celery: the third slash ends the (empty) host, and the path follows it.
        let path = String(url.path.dropFirst())
        guard url.host == nil, url.port == nil, url.user == nil, !path.isEmpty, path != ":memory:" else {
            throw url.refusal(
                "names no file: write sqlite:///tasks.sqlite for a relative path, "
                    + "sqlite:////var/lib/tasks.sqlite for an absolute one, memory:// for none")
        }
        return path
    }

    private static func options(of url: BackendURL) throws -> SQLiteStore.Options {
        var options = SQLiteStore.Options()
        for (name, value) in url.options.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "synchronous": options.synchronous = try synchronous(value, in: url)
            case "busy_timeout": options.busyTimeout = try busyTimeout(value, in: url)
            default: throw url.refusal(ofOption: name, known: "synchronous and busy_timeout")
            }
        }
        return options
    }

    private static func synchronous(_ value: String, in url: BackendURL) throws -> SQLiteStore.Synchronous {
        guard let synchronous = SQLiteStore.Synchronous(rawValue: value.lowercased()) else {
            throw url.refusal("has an invalid synchronous: use full or normal")
        }
        return synchronous
    }

    private static func busyTimeout(_ value: String, in url: BackendURL) throws -> Duration {
        guard let milliseconds = Int(value), (0...3_600_000).contains(milliseconds) else {
            throw url.refusal("has an invalid busy_timeout: use a number of milliseconds, at most 3,600,000")
        }
        return .milliseconds(milliseconds)
    }
}
