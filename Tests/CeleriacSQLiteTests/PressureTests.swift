import CeleriacCore
import CeleriacTesting
import Foundation
import GRDB
import StoreKit
import Testing

@testable import CeleriacSQLite

@Suite("A file under pressure costs no message and hangs nobody", .serialized)
struct PressureTests {
    /// Holds the file's write lock during `work`, as another process could.
    private func whileLocked(_ scratch: Scratch, _ work: () async throws -> Void) async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: scratch.path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let result: Result<Void, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try result.get()
    }

    @Test("a file that others hold locked is busy, and free again after")
    func busy() async throws {
        let scratch = try Scratch()
        let store = try scratch.store { $0.busyTimeout = .milliseconds(50) }
        try await whileLocked(scratch) {
            let error = try await brokerError { try await store.publish([.sample("a")]) }
            #expect(error?.code == .busy)
            #expect(error?.isTransient == true)
        }
        #expect(try await store.publish([.sample("a")]).duplicates.isEmpty)
        #expect(try await store.drain() == ["a"])
    }

    @Test("a publish gives up at its deadline")
    func deadline() async throws {
        let scratch = try Scratch()
        let store = try scratch.store {
            $0.deadline = .milliseconds(50)
            $0.busyTimeout = .seconds(60)
        }
        try await whileLocked(scratch) {
            let error = try await brokerError { try await store.publish([.sample("a")]) }
            #expect(error?.code == .deadlineExceeded)
        }
    }

    @Test("a full disk refuses what does not fit, not its neighbours, and settling goes on")
    func full() async throws {
        let scratch = try Scratch()
        let store = try scratch.store { $0.mostPages = 200 }
        try await store.publish([.sample("a")])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let error = try await brokerError {
                        try await store.publish([.sample(TaskID("large \(number)"), bytes: 2_000_000)])
                    }
                    #expect(error?.code == .full)
                }
                group.addTask { try await store.publish([.sample(TaskID("small \(number)"))]) }
            }
            try await group.waitForAll()
        }
        #expect(try await store.drain().count == 9)
    }

    @Test("what one job breaks is undone, and its neighbours are done")
    func neighbours() async throws {
        struct Broken: Error {}
        let scratch = try Scratch()
        let store = try scratch.store()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask { try await store.publish([.sample(TaskID("\(number)"))]) }
                group.addTask {
                    await #expect(throws: Broken.self) {
                        try await store.writer.perform { transaction in
                            _ = try transaction.publish([
                                StoredPublication(.sample(TaskID("broken \(number)"), to: "q"))
                            ])
                            throw Broken()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.counts(of: .default).ready == 50)
        #expect(try await store.counts(of: "q").ready == 0)
    }

    @Test("the log does not grow without bound, with nobody but publishers")
    func log() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        for number in 0..<60 { try await store.publish([.sample(TaskID("\(number)"), bytes: 1_000_000)]) }
        let size = try FileManager.default.attributesOfItem(atPath: scratch.path + "-wal")[.size] as? Int
        #expect(try #require(size) < 40_000_000)
    }

    @Test("a closed store refuses all calls, also those that wait, and leaves no descriptor open")
    func closing() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        try await store.publish([.sample("a")])
        async let waiting = brokerError {
            try await store.withConsumer(of: ["q"], lease: .seconds(30)) {
                _ = try await $0.next(upTo: 1, from: ["q"], wait: true)
            }
        }
        store.close()
        store.close()
        #expect(try await waiting?.code == .closed)
        #expect(try await brokerError { try await store.publish([.sample("b")]) }?.code == .closed)
        #expect(try await brokerError { _ = try await store.record(of: "a") }?.code == .closed)
        #expect(try await brokerError { _ = try await store.counts(of: "a") }?.code == .closed)
        #if os(Linux)
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            let open = descriptors.compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            }
            #expect(open.filter { $0.hasPrefix(scratch.path) && !$0.hasSuffix("-celeriac") } == [])
        #endif
        #expect(try await scratch.store().drain() == ["a"])
    }
}
