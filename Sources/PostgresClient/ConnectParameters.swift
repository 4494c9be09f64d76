import CPostgres
import Foundation

/// The parameters with which libpq connects to one host.
struct ConnectParameters {
    private(set) var values: [String: String]

    /// - Parameter host: `nil` for libpq's default.
    /// - Throws: `misuse` if libpq cannot make sense of the service or of the environment.
    init(_ configuration: PostgresConfiguration, _ host: PostgresConfiguration.Host?) throws(PostgresError) {
        values = Self.given(configuration, host)
        let effective = try Self.effective(values)
        addTLS(configuration, effective)
        for (name, value) in Self.keepAlive where effective[name] == nil { values[name] = value }
    }

    /// The parameters that the configuration sets.
    private static func given(
        _ configuration: PostgresConfiguration, _ host: PostgresConfiguration.Host?
    ) -> [String: String] {
        var values = [
            "application_name": configuration.applicationName, "client_encoding": "UTF8",
            // It would take the place of TLS, whatever TLS is required to prove.
            "gssencmode": "disable",
        ]
        values["host"] = host?.name
        values["port"] = host?.port.map(String.init)
        values["user"] = configuration.user
        values["password"] = configuration.password
        values["dbname"] = configuration.database
        values["service"] = configuration.service
        values["passfile"] = configuration.passwordFile
        values["sslmode"] = configuration.tls?.rawValue
        values["sslrootcert"] = configuration.authorities
        values["sslcert"] = configuration.certificate
        values["sslkey"] = configuration.key
        if configuration.hosts.count > 1, configuration.mustBeWritable {
            values["target_session_attrs"] = "read-write"
        }
        return values
    }

    /// TCP detects a vanished peer after 30 s.
    private static let keepAlive = ["keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3"]

    /// libpq's parameters including those of the service file and of the environment.
    ///
    /// Only a connection knows them. This one is never opened, because one of its parameters is invalid on purpose.
    private static func effective(_ values: [String: String]) throws(PostgresError) -> [String: String] {
        let invalid = "channel_binding"
        // With a password, libpq does not read the password file.
        let probe = values.merging([invalid: "?", "password": "?"]) { $1 }
        let handle = with(probe) { PQconnectStartParams($0, $1, 0) }
        guard let handle else { throw PostgresError(.unreachable, "out of memory") }
        defer { PQfinish(handle) }
        let problem = ErrorText.line(of: PQerrorMessage(handle))
        guard problem.contains(invalid), let options = PQconninfo(handle) else { throw PostgresError(.misuse, problem) }
        defer { PQconninfoFree(options) }
        var effective: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { effective[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return effective
    }

    /// An array of C strings that ends with a null pointer.
    typealias CStrings = UnsafePointer<UnsafePointer<CChar>?>

    /// Calls `body` with libpq's parallel arrays of keywords and values.
    func with<Result>(_ body: (CStrings, CStrings) -> Result) -> Result { Self.with(values, body) }

    private static func with<Result>(
        _ values: [String: String], _ body: (CStrings, CStrings) -> Result
    ) -> Result {
        let copies = values.map { (strdup($0.key), strdup($0.value)) }
        defer {
            for (keyword, value) in copies {
                free(keyword)
                free(value)
            }
        }
        let keywords = copies.map { UnsafePointer<CChar>($0.0) } + [nil]
        let texts = copies.map { UnsafePointer<CChar>($0.1) } + [nil]
        return body(keywords, texts)
    }
}

// MARK: TLS

extension ConnectParameters {
    /// Where distributions keep the authorities that the system trusts: Debian, Red Hat, Alpine and macOS.
    private static let systemAuthorities = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
    ]

    private mutating func addTLS(_ configuration: PostgresConfiguration, _ effective: [String: String]) {
        let isLoose = ["prefer", "allow"].contains(effective["sslmode"] ?? "prefer")
        let mode: String
        if configuration.tls == nil, isLoose {
            mode = LocalHosts.contain(all: effective["hostaddr"] ?? effective["host"] ?? "") ? "prefer" : "verify-full"
            values["sslmode"] = mode
        } else {
            mode = effective["sslmode"] ?? "prefer"
        }
        guard mode.hasPrefix("verify"), effective["sslrootcert"] == nil, !Self.hasOwnAuthorities else { return }
        values["sslrootcert"] = Self.systemAuthorities.first { FileManager.default.isReadableFile(atPath: $0) }
    }

    private static var hasOwnAuthorities: Bool {
        let home = FileManager.default.homeDirectoryForCurrentUser
        return FileManager.default.fileExists(atPath: home.appending(path: ".postgresql/root.crt").path)
    }
}

/// Hosts that are reached without leaving the machine.
enum LocalHosts {
    /// - Parameter hosts: as libpq takes them, separated by commas. An empty one is the default socket.
    static func contain(all hosts: String) -> Bool {
        hosts.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(contain)
    }

    private static func contain(_ host: Substring) -> Bool {
        if host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") { return true }
        if host == "localhost" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
