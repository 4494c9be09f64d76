import CeleriacCore
import Testing

@Suite("Backend URLs")
struct BackendURLTests {
    @Test("all parts are found")
    func parses() throws {
        let url = try BackendURL("Redis+TLS://ada:p%40ss:word@db.example.com:6379/2?timeout=5&name=a%20b&flag")
        #expect(url.scheme == "redis+tls")
        #expect(url.user == "ada")
        #expect(url.password == "p@ss:word")
        #expect(url.host == "db.example.com")
        #expect(url.port == 6379)
        #expect(url.path == "/2")
        #expect(url.options == ["timeout": "5", "name": "a b", "flag": ""])
    }

    @Test("parts may be missing")
    func parsesLittle() throws {
        let file = try BackendURL("sqlite:///var/lib/app/tasks%201.sqlite")
        #expect(file.path == "/var/lib/app/tasks 1.sqlite")
        #expect(file.host == nil)
        #expect(try BackendURL("memory://").path == "")
        #expect(try BackendURL("redis://:secret@host").password == "secret")
        #expect(try BackendURL("redis://:secret@host").user == nil)
        #expect(try BackendURL("redis://[::1]:6379/0").host == "[::1]")
        #expect(try BackendURL("redis://[::1]:6379/0").port == 6379)
        #expect(try BackendURL("redis://[::1]/0").host == "[::1]")
    }

    @Test(
        "what surrounds a URL in a secret's file means nothing",
        arguments: ["redis://h:6379/2\n", " redis://h:6379/2", "\r\n\tredis://h:6379/2 \r\n"])
    func trims(text: String) throws {
        #expect(try BackendURL(text) == BackendURL("redis://h:6379/2"))
    }

    @Test("a lone user is not printed: it may well be the password")
    func hidesLoneUser() throws {
        #expect(try BackendURL("redis://canary@host:1/0").description == "redis://***@host:1/0")
        #expect(try BackendURL("redis://ada:canary@host:1/0").description == "redis://ada:***@host:1/0")
    }

    @Test(
        "where an @ comes late, only the scheme is printed",
        arguments: [
            "redis://canary?tail@host/0", "redis://ada:1/canary@host/0", "redis:///canary@host",
            "redis://h/0?canary=a@b",
        ])
    func hidesWhatMayBeLogin(text: String) throws {
        #expect(try BackendURL(text).description == "redis://***")
    }

    @Test(
        "neither password nor option is ever printed",
        arguments: [
            "redis://ada:canary@host:1/0?password=canary", "redis://:canary@host", "redis://ada:can@ry:canary@host/1",
            "amqps://a:%63anary@h/v?key=canary",
        ])
    func hidesSecrets(text: String) throws {
        let url = try BackendURL(text)
        #expect(url.password?.contains("canary") == true)
        var dumped = ""
        print(url, url.debugDescription, "\(url)", Optional(url) as Any, to: &dumped)
        #expect(!dumped.contains("canary"))
        #expect(!dumped.contains("%63anary"))
    }

    @Test(
        "what is no URL is refused, without its secrets",
        arguments: [
            "", "canary", "://canary", "redis:/canary", "re dis://canary", " \n", "redis://u:canary@host:0",
            "redis://u:canary@host:65536", "redis://u:canary@host:port", "redis://u:canary%@host",
            "redis://u:canary%zz@h",
            "redis://u:canary%FF@h", "sqlite:///a%00canary",
        ])
    func refuses(text: String) throws {
        let error = try #require(throws: CeleriacError.self) { try BackendURL(text) }
        #expect(error.code == .invalidURL)
        #expect(!error.description.contains("canary"))
    }
}
