import Celeriac
import CeleriacPostgres
import CeleriacRedis
import CeleriacSQLite
import Foundation
import Logging
import PostgresClient

/// A worker that is made to be killed: `CrashWorker <broker> <journal> <concurrency> <lease in ms>`.
///
/// Prints `ready` once it claims.
@main
struct CrashWorker {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 5, let concurrency = Int(words[3]), let lease = Int(words[4]) else {
            FileHandle.standardError.write(Data("usage: CrashWorker broker journal concurrency lease-ms\n".utf8))
            exit(64)
        }
        setenv("CRASH_JOURNAL", words[2], 1)
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
        let app = try TaskApp(
            words[1], schemes: [.sqlite, .redis, .postgres], options: AppOptions(middleware: [LaunchJournal()]))
        let options = WorkerOptions(
            concurrency: concurrency, lease: .milliseconds(lease), deliveryLimit: 1000,
            hooks: [{ if case .started = $0 { print("ready"); fflush(nil) } }]
        )
        try await Worker(app, options: options).run()
    }
}

/// Writes its number into the journal when it starts (`+7`) and, some milliseconds later, when it ends (`-7`).
@Task(name: "crash.mark")
func mark(_ number: Int) async throws -> Int {
    try note("+\(number)\n")
    try await SystemTime().sleep(for: .milliseconds(number % 20))
    try note("-\(number)\n")
    return number
}

/// Holds on for ever to the first delivery; returns the count of a later one.
@Task(name: "crash.hold")
func hold(_ context: TaskContext) async throws -> Int {
    if context.deliveryCount == 1 { try await SystemTime().sleep(for: .days(1)) }
    return context.deliveryCount
}

/// Writes its number into a table in the transaction in which its call ends, and only then into the journal. The first
/// delivery of every tenth number holds the transaction open until its worker is killed.
@Task(name: "crash.effect")
func effect(_ context: TaskContext, _ number: Int) async throws -> Int {
    let transaction = try await context.transaction(of: PostgresTransaction.self)
    try await transaction.query("INSERT INTO effect VALUES ($1)", [.int(Int64(number))])
    try note("+\(number)\n")
    let isHeld = number.isMultiple(of: 10) && context.deliveryCount == 1
    try await SystemTime().sleep(for: isHeld ? .days(1) : .milliseconds(number % 20))
    try note("-\(number)\n")
    return number
}

/// One append, which no kill can tear.
func note(_ line: String) throws {
    let journal = open(ProcessInfo.processInfo.environment["CRASH_JOURNAL"] ?? "", O_WRONLY | O_APPEND | O_CREAT, 0o600)
    defer { close(journal) }
    let bytes = Array(line.utf8)
    guard write(journal, bytes, bytes.count) == bytes.count else { throw CocoaError(.fileWriteUnknown) }
}
