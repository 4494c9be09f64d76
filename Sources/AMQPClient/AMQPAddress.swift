/// One URL of a server, cut into its parts; nothing is decoded yet.
struct AMQPAddress {
    private let scheme: Substring?
    private let login: Substring?
    private let server: Substring
    private let path: Substring
    private let query: Substring

    init(_ url: Substring) {
        var rest = url
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound]
            rest = rest[mark.upperBound...]
        } else {
            scheme = nil
        }
        query = Self.cut(&rest, at: "?") ?? ""
        path = Self.cut(&rest, at: "/") ?? ""
        let mark = rest.lastIndex(of: "@")
        login = mark.map { rest[..<$0] }
        server = mark.map { rest[rest.index(after: $0)...] } ?? rest
    }

    /// Removes what follows the first `mark`, and returns it.
    private static func cut(_ text: inout Substring, at mark: Character) -> Substring? {
        guard let index = text.firstIndex(of: mark) else { return nil }
        defer { text = text[..<index] }
        return text[text.index(after: index)...]
    }

    func checked() throws -> AMQPAddress {
        guard let scheme, ["amqp", "amqps", "pyamqp", "pyamqps"].contains(scheme.lowercased()) else {
            throw AMQPError(.misconfigured, "the AMQP URL must begin with amqp:// or amqps://")
        }
        return self
    }

    /// Checks that a further host asks for nothing but another address.
    func checked(besides first: AMQPAddress) throws -> AMQPAddress {
        let isSame =
            (scheme ?? first.scheme) == first.scheme && (login ?? first.login) == first.login
            && (path.isEmpty || path == first.path) && (query.isEmpty || query == first.query)
        guard isSame else {
            let reason = "the hosts of one AMQP URL must share scheme, login, virtual host and options"
            throw AMQPError(.misconfigured, reason)
        }
        return self
    }

    var isEncrypted: Bool { scheme?.lowercased().hasSuffix("amqps") == true }

    var host: AMQPConfiguration.Host {
        get throws {
            let (name, port) = Self.split(server)
            guard let port else { return .init(name.isEmpty ? "localhost" : String(name)) }
            guard let number = Int(port), (1...65_535).contains(number) else {
                throw AMQPError(.misconfigured, "the port of an AMQP URL must be a number from 1 to 65535")
            }
            return .init(name.isEmpty ? "localhost" : String(name), port: number)
        }
    }

    /// Splits `host:port`; an IPv6 address stands in brackets.
    private static func split(_ server: Substring) -> (Substring, Substring?) {
        if server.first == "[", let end = server.firstIndex(of: "]") {
            let rest = server[server.index(after: end)...]
            return (server[server.index(after: server.startIndex)..<end], rest.first == ":" ? rest.dropFirst() : nil)
        }
        var name = server
        let port = cut(&name, at: ":")
        return (name, port?.isEmpty == true ? nil : port)
    }

    var user: String? {
        get throws {
            let name = login?.prefix { $0 != ":" } ?? ""
            return name.isEmpty ? nil : try Self.decoded(name, "the user")
        }
    }

    var password: String? {
        get throws {
            guard var rest = login, let password = Self.cut(&rest, at: ":"), !password.isEmpty else { return nil }
            return try Self.decoded(password, "the password")
        }
    }

    /// `nil` if the path names none.
    var virtualHost: String? {
        get throws { path.isEmpty ? nil : try Self.decoded(path, "the virtual host") }
    }

    var options: [(String, String)] {
        get throws {
            try query.split(separator: "&").map { option in
                var name = option
                let value = Self.cut(&name, at: "=") ?? ""
                return (try Self.decoded(name, "an option"), try Self.decoded(value, "an option"))
            }
        }
    }

    private static func decoded(_ text: Substring, _ part: String) throws -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let code = Substring(rest.prefix(2)).asHexOctet else {
                throw AMQPError(.misconfigured, "\(part) of an AMQP URL has a % without two hexadecimal digits")
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw AMQPError(.misconfigured, "\(part) of an AMQP URL is not UTF-8")
        }
        return text
    }
}

extension Substring {
    fileprivate var asHexOctet: UInt8? { count == 2 && first != "+" && first != "-" ? UInt8(self, radix: 16) : nil }
}
