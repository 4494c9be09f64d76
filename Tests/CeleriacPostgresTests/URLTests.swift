import CeleriacCore
import PostgresClient
import Testing

@testable import CeleriacPostgres

@Suite("A PostgreSQL database is named by a URL")
struct URLTests {
    private func address(_ url: String) throws -> PostgresAddress { try PostgresAddress(BackendURL(url)) }

    @Test("user, password, hosts and database are read from their places")
    func places() throws {
        let one = try address("postgres://ada:s%3Acret@db.example:6432/app").configuration
        #expect(one.hosts == [.init("db.example", port: 6432)])
        #expect([one.user, one.password, one.database] == ["ada", "s:cret", "app"])
        let several = try address("postgresql://one:5431;[::1];three:5433/app").configuration
        #expect(several.hosts == [.init("one", port: 5431), .init("::1"), .init("three", port: 5433)])
        let socket = try address("postgres://ada@/app?host=/run/postgresql").configuration
        #expect(socket.hosts == [.init("/run/postgresql")])
        let service = try address("postgres://?service=queue").configuration
        #expect(service.service == "queue")
        #expect(service.hosts.isEmpty)
    }

    @Test("options set what they say")
    func options() throws {
        let address = try address(
            "postgres://db/app?schema=jobs_1&durability=relaxed&connections=9&sslmode=require&sslrootcert=/ca&deadline_ms=250"
        )
        #expect(address.options.schema == "jobs_1")
        #expect(address.options.durability == .relaxed)
        #expect(address.options.connections == 9)
        #expect(address.configuration.tls == .require)
        #expect(address.configuration.authorities == "/ca")
        #expect(address.configuration.deadline == .milliseconds(250))
    }

    @Test("TLS is verified unless the URL says loudly that it is not")
    func verified() throws {
        let usual = try address("postgres://db.example/app").configuration.tls
        #expect(usual == nil)
    }

    @Test(
        "what cannot be meant is refused, by name and without the password",
        arguments: [
            "schema=Jobs", "schema=pg_jobs", "schema=a;drop", "schema=", "durability=maybe", "connections=1",
            "connections=x", "sslmode=sometimes", "deadline_ms=0", "colour=red", "sslmode=",
        ])
    func refused(option: String) throws {
        let error = #expect(throws: CeleriacError.self) { try address("postgres://ada:secret@db/app?\(option)") }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("a bad port behind one of several hosts is refused")
    func ports() throws {
        #expect(throws: CeleriacError.self) { try address("postgres://one:x;two:5432/app") }
        #expect(throws: CeleriacError.self) { try address("postgres://one:0;two:5432/app") }
    }

    @Test("a store prints no password, and neither do its errors")
    func secrets() async throws {
        let store = try PostgresStore(
            url: "postgres://ada:secret@127.0.0.1:1/app?connect_timeout_ms=50&deadline_ms=50", logger: .quiet)
        defer { store.close() }
        store.failAtFirst()
        let error = await #expect(throws: BrokerError.self) { try await store.publish([.sample("a")]) }
        #expect(error?.code == .unreachable)
        #expect("\(try #require(error))\(store.address)".contains("secret") == false)
    }
}
