package import CeleriacCore
package import RESPClient

/// The URL schemes of one Redis layout. The scheme determines how the server is reached.
package struct ServerSchemes: Sendable {
    package let plain: String
    package let tls: String
    package let sockets: [String]
    package let sentinel: String

    package init(plain: String, tls: String, sockets: [String], sentinel: String) {
        self.plain = plain
        self.tls = tls
        self.sockets = sockets
        self.sentinel = sentinel
    }

    package var all: [String] { [plain, tls] + sockets + [sentinel] }
}

/// A server, read from a URL: its address, the credentials, and the connection options.
package struct ServerAddress: Sendable {
    package var configuration: RESPConfiguration

    /// - Parameters:
    ///   - schemes: the schemes of the layout.
    ///   - known: the names of the layout's own options, for the error about an unknown one.
    ///   - setOption: sets an option of the layout; returns `false` if the layout has none of that name.
    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    package init(
        _ url: BackendURL, schemes: ServerSchemes, known: String,
        setOption: (_ name: String, _ value: String) throws -> Bool
    ) throws {
        configuration = RESPConfiguration()
        var database: Int?
        switch url.scheme {
        case schemes.plain, schemes.tls:
            configuration.address = .host(url.host.map(Self.withoutBrackets) ?? "127.0.0.1", port: url.port ?? 6379)
            database = try Self.database(url.path, url)
        case let scheme where schemes.sockets.contains(scheme):
            guard url.host == nil, url.path.count > 1 else {
                throw url.refusal("names no socket: write \(url.scheme):///run/redis.sock?db=0")
            }
            configuration.address = .unixSocket(url.path)
        case schemes.sentinel: database = try readSentinels(url)
        default: throw url.refusal("must have one of the schemes \(schemes.all.joined(separator: ", "))")
        }
        configuration.database = try Self.database(ofPath: database, url)
        configuration.user = url.user
        configuration.password = url.password
        if url.scheme == schemes.tls { configuration.tls = .init() }
        for (name, value) in url.options.sorted(by: { $0.key < $1.key }) where try !setOption(name, value) {
            try set(name, to: value, known: known, url)
        }
    }

    /// - Returns: the database, or `nil` if the path names none.
    private mutating func readSentinels(_ url: BackendURL) throws -> Int? {
        let authority = (url.host ?? "") + (url.port.map { ":\($0)" } ?? "")
        let endpoints = try authority.split(separator: ";").map { try Self.endpoint($0, url) }
        let path = url.path.split(separator: "/")
        guard !endpoints.isEmpty, let service = path.first, path.count <= 2, !url.path.contains("@") else {
            throw url.refusal("names no service: write \(url.scheme)://one:26379;two:26379/service/0")
        }
        configuration.address = .sentinel(endpoints, service: String(service))
        return try Self.database(path.count > 1 ? path[1] : "", url)
    }

    private static func endpoint(_ text: Substring, _ url: BackendURL) throws -> RESPConfiguration.Endpoint {
        let afterBracket = text.lastIndex(of: "]") ?? text.startIndex
        guard let colon = text[afterBracket...].lastIndex(of: ":") else { return .init(withoutBrackets(String(text))) }
        guard let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else {
            throw url.refusal("has a Sentinel whose port is not a number from 1 to 65535")
        }
        return .init(withoutBrackets(String(text[..<colon])), port: port)
    }

    private static func withoutBrackets(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    /// Reads a database as kombu, Celery and redis-py do: slashes around it are ignored; `nil` if there is nothing
    /// else.
    private static func database(_ text: some StringProtocol, _ url: BackendURL) throws -> Int? {
        let parts = text.split(separator: "/")
        guard let digits = parts.first else { return nil }
        guard parts.count == 1, let number = Int(digits), number >= 0 else {
            throw url.refusal("has a database that is not a number")
        }
        return number
    }

    /// The option `db` overrides the path, as in redis-py. `virtual_host` is kombu's name for `db`.
    private static func database(ofPath path: Int?, _ url: BackendURL) throws -> Int {
        let option = try url.options["db"].flatMap { try database($0, url) }
        let virtualHost = try url.options["virtual_host"].flatMap { try database($0, url) }
        guard let named = option ?? path, let virtualHost, named != virtualHost else {
            return option ?? path ?? virtualHost ?? 0
        }
        throw url.refusal("names two databases")
    }
}
