import CeleriacCore
import CeleriacTesting
import Foundation
import GRDB
import StoreKit
import Testing

@testable import CeleriacSQLite

@Suite("A file that is out of order is refused with words that help", .serialized)
struct FileTests {
    @Test("database, log and companions are made for their owner only")
    func modes() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        try await store.publish([.sample("a")])
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.directory)
        #expect(files.sorted() == ["", "-celeriac", "-shm", "-wal"].map { "tasks.sqlite\($0)" })
        for file in files {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(scratch.directory)/\(file)")[
                .posixPermissions]
            #expect(mode as? Int == 0o600, "mode of \(file)")
        }
    }

    @Test("a missing directory is named")
    func missingDirectory() async throws {
        let scratch = try Scratch()
        let error = try await brokerError { _ = try scratch.store(at: "\(scratch.directory)/no/tasks.sqlite") }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("the directory \(scratch.directory)/no") == true)
    }

    @Test("a directory is no file")
    func directory() async throws {
        let scratch = try Scratch()
        let error = try await brokerError { _ = try scratch.store(at: scratch.directory) }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("this is a directory") == true)
    }

    @Test("a directory in which anybody may replace files is refused, unless it is sticky")
    func openDirectory() async throws {
        let scratch = try Scratch()
        chmod(scratch.directory, 0o777)
        let error = try await brokerError { _ = try scratch.store() }
        #expect(error?.code == .refused)
        chmod(scratch.directory, 0o1777)
        try scratch.store().close()
    }

    @Test("a file or directory that may not be written is said to be read-only", .enabled(if: geteuid() != 0))
    func readOnly() async throws {
        let scratch = try Scratch()
        try scratch.store().close()
        chmod(scratch.path, 0o400)
        #expect(try await brokerError { _ = try scratch.store() }?.code == .readOnly)
        chmod(scratch.path, 0o600)
        chmod(scratch.directory, 0o500)
        #expect(try await brokerError { _ = try scratch.store() }?.code == .readOnly)
        chmod(scratch.directory, 0o700)
    }

    @Test("a store that finds its file read-only says so and goes on")
    func becomesReadOnly() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        let error = try await brokerError {
            try await store.writer.perform { _ in throw DatabaseError(resultCode: .SQLITE_READONLY) }
        }
        #expect(error?.code == .readOnly)
        #expect(try await store.publish([.sample("a")]).duplicates.isEmpty)
    }

    @Test("a file of another kind is no database")
    func notADatabase() async throws {
        let scratch = try Scratch()
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: scratch.path))
        let error = try await brokerError { _ = try scratch.store() }
        #expect(error?.code == .incompatible)
        #expect(error?.message.contains("not an SQLite database") == true)
    }

    @Test("a damaged database is said to be damaged")
    func corrupt() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        try await store.publish((0..<2_000).map { .sample(TaskID("\($0)")) })
        store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: scratch.path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try file.close()
        let error = try await brokerError {
            let damaged = try scratch.store()
            _ = try await damaged.drain()
        }
        #expect(error?.code == .corrupt)
    }

    @Test("tables of a later version are refused, and left alone")
    func newer() async throws {
        let scratch = try Scratch()
        try scratch.store().close()
        try scratch.change { try $0.execute(sql: "UPDATE celeriac_schema SET version = 99") }
        let error = try await brokerError { _ = try scratch.store() }
        #expect(error?.code == .incompatible)
        #expect(error?.message.contains("version 99") == true)
    }

    @Test("a table of that name which is another's is refused")
    func foreign() async throws {
        let scratch = try Scratch()
        try scratch.change { try $0.execute(sql: "CREATE TABLE celeriac_calls (x)") }
        let error = try await brokerError { _ = try scratch.store() }
        #expect(error?.code == .incompatible)
        #expect(error?.message.contains("celeriac_calls") == true)
    }

    @Test("a database with tables of its own is taken, and they stay")
    func shared() async throws {
        let scratch = try Scratch()
        try scratch.change { try $0.execute(sql: "CREATE TABLE users (name); INSERT INTO users VALUES ('Ada')") }
        try scratch.store().close()
        #expect(try scratch.change { try String.fetchAll($0, sql: "SELECT name FROM users") } == ["Ada"])
    }

    @Test("stores that open one new file at once make its tables once")
    func openedAtOnce() async throws {
        let scratch = try Scratch()
        let stores = try await withThrowingTaskGroup(of: SQLiteStore.self) { group in
            for _ in 0..<8 { group.addTask { try scratch.store() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (number, store) in stores.enumerated() { try await store.publish([.sample(TaskID("\(number)"))]) }
        #expect(try await stores[0].counts(of: .default).ready == 8)
    }

    @Test("network file systems are known by the table of mounts")
    func networkFileSystems() {
        let mounts = """
            25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            60 25 0:44 / /mnt/share rw,relatime shared:9 - nfs4 server:/share rw,vers=4.2
            """
        #expect(MountTable.networkFileSystem(ofDevice: 254 << 8, in: mounts) == nil)
        #expect(MountTable.networkFileSystem(ofDevice: 44, in: mounts) == "nfs4")
        #expect(MountTable.networkFileSystem(ofDevice: 45, in: mounts) == nil)
    }
}

extension Scratch {
    /// Works on the file with a connection of its own.
    @discardableResult
    func change<Value>(_ work: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(work)
    }

    /// A file as an earlier program left it: with the tables of that version, and messages that wait.
    func makeFile(ofVersion version: Int, holding publications: [Publication]) throws {
        try change { db in
            try Schema.migrate(db, to: version)
            try db.inTransaction(.immediate) {
                let transaction = StoreTransaction(db, time: ManualTime(), boot: 0)
                _ = try transaction.publish(publications.map(StoredPublication.init))
                return .commit
            }
        }
    }
}
