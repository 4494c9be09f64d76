/// The address of a broker or result backend: `scheme://user:password@host:port/path?option=value`.
///
/// Whitespace and line feeds around it are ignored, because a file with a secret often ends in a line feed. Its printed
/// form shows neither the password nor any option. It shows the user only if a password follows, and nothing but the
/// scheme if an `@` stands so far back that part of a password may have been parsed as something else.
public struct BackendURL: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    public let scheme: String
    public let user: String?
    public let password: String?
    public let host: String?
    public let port: Int?
    /// With its leading slash, percent-decoded; empty if there is none.
    public let path: String
    public let options: [String: String]
    /// Whether an `@` stands after a `/` or `?`: everything before it may be a login that was not percent-encoded.
    private let mayHideLogin: Bool

    /// - Throws: ``CeleriacError`` with code `invalidURL`; its text contains no part that could be secret.
    public init(_ text: String) throws {
        let text = Self.trimmed(text)
        guard let scheme = Self.scheme(of: text) else {
            throw CeleriacError(.invalidURL, "a backend URL must start with a scheme, as in sqlite:///tasks.sqlite")
        }
        self.scheme = scheme
        let rest = text.dropFirst(scheme.utf8.count + 3)
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        options = try Self.options(in: parts.count > 1 ? parts[1] : "", scheme)
        let whole = parts.first ?? ""
        let slash = whole.firstIndex(of: "/") ?? whole.endIndex
        path = try Self.decoded(whole[slash...], scheme)
        let authority = whole[..<slash]
        let at = authority.lastIndex(of: "@")
        let login = at.map { authority[..<$0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) }
        user = try login?.first.flatMap { try $0.isEmpty ? nil : Self.decoded($0, scheme) }
        password = try login.flatMap { try $0.count > 1 ? Self.decoded($0[1], scheme) : nil }
        mayHideLogin = Self.mayHideLogin(rest)
        (host, port) = try Self.address(at.map { authority[authority.index(after: $0)...] } ?? authority, scheme)
    }

    public var description: String {
        if mayHideLogin { return "\(scheme)://***" }
        let login = password == nil ? (user == nil ? "" : "***@") : "\(user ?? ""):***@"
        return "\(scheme)://\(login)\(host ?? "")\(port.map { ":\($0)" } ?? "")\(path)"
    }

    public var debugDescription: String { description }

    /// An error about the URL, which shows it in its printed form.
    ///
    /// - Parameter what: the reason, such as "names no file". Must not contain a part of the URL.
    package func refusal(_ what: String) -> CeleriacError {
        let hint = mayHideLogin ? "; in user and password write / as %2F, ? as %3F and @ as %40" : ""
        return CeleriacError(.invalidURL, "\(self) \(what)\(hint)")
    }

    /// The error about an option that a backend does not have.
    ///
    /// - Parameter known: the options that the backend has.
    package func refusal(ofOption name: String, known: String) -> CeleriacError {
        // The name may be the end of a password that contains a question mark or an ampersand.
        let mayBeSecret = mayHideLogin || options.keys.contains { $0.contains("password") }
        let shown = mayBeSecret ? "" : " \"\(name.prefix(40).filter { $0.isLetter || $0 == "_" })\""
        return refusal("has an unknown option\(shown); it knows \(known)")
    }

    private static func trimmed(_ text: String) -> String {
        let isText: (Character) -> Bool = { !$0.isWhitespace }
        guard let first = text.firstIndex(where: isText), let last = text.lastIndex(where: isText) else { return "" }
        return String(text[first...last])
    }

    private static func mayHideLogin(_ rest: Substring) -> Bool {
        guard let at = rest.lastIndex(of: "@") else { return false }
        return rest[..<at].contains { $0 == "/" || $0 == "?" }
    }

    private static func scheme(of text: String) -> String? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[colon...].hasPrefix("://") else {
            return nil
        }
        let scheme = text[..<colon]
        let isName =
            !scheme.isEmpty
            && scheme.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "+")
            }
        return isName ? scheme.lowercased() : nil
    }

    private static func address(_ text: Substring, _ scheme: String) throws -> (String?, Int?) {
        // The colon of a port stands outside the brackets of an IPv6 address, and in the last one of several hosts.
        let lastHost = text.lastIndex { $0 == "]" || $0 == ";" } ?? text.startIndex
        guard let colon = text[lastHost...].lastIndex(of: ":") else {
            return (text.isEmpty ? nil : String(text), nil)
        }
        guard let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else {
            throw CeleriacError(
                .invalidURL,
                "the port of this \(scheme):// URL must be a number from 1 to 65535; in user and password write / as %2F, "
                    + "? as %3F and @ as %40")
        }
        return (colon == text.startIndex ? nil : String(text[..<colon]), port)
    }

    private static func options(in query: Substring, _ scheme: String) throws -> [String: String] {
        var options: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            options[try decoded(sides[0], scheme)] = sides.count > 1 ? try decoded(sides[1], scheme) : ""
        }
        return options
    }

    private static func decoded(_ text: Substring, _ scheme: String) throws -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { bytes.append(byte); continue }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                throw CeleriacError(
                    .invalidURL, "this \(scheme):// URL has a % without two hexadecimal digits after it")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !decoded.utf8.contains(0) else {
            throw CeleriacError(.invalidURL, "this \(scheme):// URL is not UTF-8 text or contains a NUL")
        }
        return decoded
    }
}
