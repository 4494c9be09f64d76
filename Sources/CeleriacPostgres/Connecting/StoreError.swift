import CeleriacCore
import PostgresClient

/// The ways in which a store can fail, as errors of a broker: what was tried, on what, what to do.
enum StoreError {
    /// - Parameter server: the address without its password.
    static func translating(_ error: PostgresError, _ server: String) -> BrokerError {
        BrokerError(code(of: error), "PostgreSQL at \(server): \(words(for: error))", underlying: error)
    }

    static func newer(_ version: Int, _ options: PostgresOptions, _ server: String) -> BrokerError {
        BrokerError(
            .incompatible,
            "PostgreSQL at \(server): the tables in the schema \(options.schema) have version \(version), and this program "
                + "only knows versions up to \(Migrations.version); update the program")
    }

    static func older(_ version: Int, _ options: PostgresOptions, _ server: String) -> BrokerError {
        BrokerError(
            .incompatible,
            "PostgreSQL at \(server): the tables in the schema \(options.schema) have version \(version), and this program "
                + "needs version \(Migrations.version); run `celeriac migrate`, or PostgresStore.migrate, once")
    }

    static func missing(_ options: PostgresOptions, _ server: String) -> BrokerError {
        BrokerError(
            .incompatible,
            "PostgreSQL at \(server): there are no tables of Celeriac in the schema \(options.schema); run "
                + "`celeriac migrate`, or PostgresStore.migrate, once, as a role that may create them")
    }

    static func encoding(_ encoding: String, _ server: String) -> BrokerError {
        BrokerError(
            .incompatible,
            "PostgreSQL at \(server): the database is encoded in \(encoding); Celeriac needs one with ENCODING 'UTF8'")
    }

    private static func code(of error: PostgresError) -> BrokerError.Code {
        switch error.kind {
        case .unreachable, .tls, .loginRefused, .tooManyConnections: .unreachable
        case .connectionLost: .connectionLost
        case .deadlineExceeded: .deadlineExceeded
        case .closed: .closed
        case .malformedAnswer: .corrupt
        case .misuse: .refused
        case .server: code(ofState: error.sqlState ?? "")
        }
    }

    private static func code(ofState state: String) -> BrokerError.Code {
        switch state {
        case "25006": .readOnly
        case "40001", "40P01", "55P03": .busy
        case "57014": .deadlineExceeded
        case "42P01", "3F000", "42703": .incompatible
        case "42501": .refused
        default: state.hasPrefix("53") || state.hasPrefix("58") ? .full : .refused
        }
    }

    private static func words(for error: PostgresError) -> String {
        switch (error.kind, error.sqlState ?? "") {
        case (.unreachable, _): "no connection could be opened; start the server, or correct the address"
        case (.tls, _):
            "TLS was refused; check the server's certificate, or say sslmode=… in the URL if the network is trusted"
        case (.loginRefused, _): "the login was refused; check user, password and database"
        case (.tooManyConnections, _): "it has no connection left; raise max_connections, or use fewer processes"
        case (.connectionLost, _):
            error.mayHaveBeenDone
                ? "the connection was lost; the request may or may not have been carried out"
                : "the connection was lost"
        case (.deadlineExceeded, _), (.server, "57014"):
            error.mayHaveBeenDone
                ? "it did not answer in time; the request may or may not have been carried out"
                : "it did not answer in time; nothing was done"
        case (.closed, _): "the store was closed"
        case (.server, "25006"): "it is read-only; connect to the primary server, or to a database that may be written"
        case (.server, "55P03"): "another transaction kept a lock for too long; look for it in pg_stat_activity"
        case (.server, "42501"): "the role lacks a privilege; grant what docs/semantics.md lists"
        case (.server, "42P01"), (.server, "3F000"), (.server, "42703"):
            "a table of Celeriac is missing; run `celeriac migrate` once"
        case (.server, let state) where state.hasPrefix("53"): "it has no space or memory left; nothing was stored"
        default: "the request was refused"
        }
    }
}

extension PostgresError {
    /// Whether the whole transaction may simply be repeated: it lost against another one, and left nothing behind.
    var asksForRepetition: Bool { ["40001", "40P01", "23505"].contains(sqlState) }

    /// Whether a row that the caller sent is at fault, and not the server or the moment.
    var blamesARow: Bool {
        guard kind == .server, let state = sqlState else { return kind == .misuse }
        return state.hasPrefix("22") || state.hasPrefix("23") || state.hasPrefix("54")
    }
}
