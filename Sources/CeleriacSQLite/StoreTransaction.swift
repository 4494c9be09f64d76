import CeleriacCore
import Foundation
import GRDB
import StoreKit

/// The store's transitions, run within a transaction that its owner began and will commit: the writer's thread, or a
/// caller with a connection of its own.
///
/// Each transition records in ``wakes`` the waiters that its commit concerns. Not thread-safe, like its connection.
final class StoreTransaction {
    let connection: Database
    private var statements: [Statement?] = Array(repeating: nil, count: SQL.allCases.count)
    private let time: any TimeSource
    let boot: Int64
    /// How many dead letters each queue keeps.
    let deadLetters: DeadLetterLimits
    var queues = QueueNumbers()
    var tokens = TokenSequence()
    /// The ``uptime`` before which no lease can lapse.
    var nextSweep = Duration.zero

    /// Read once for each transaction.
    private(set) var now = Date.distantPast
    private(set) var uptime = Duration.zero
    var wakes = Wakes()

    init(
        _ connection: Database, time: any TimeSource, boot: Int64, deadLetters: DeadLetterLimits = DeadLetterLimits()
    ) {
        self.connection = connection
        self.time = time
        self.boot = boot
        self.deadLetters = deadLetters
        begin()
    }

    /// Starts over for the next transaction or after a rollback.
    func begin() {
        now = time.now
        uptime = time.uptime
        wakes = Wakes()
    }

    /// Drops what was learned in a transaction that was rolled back.
    func rollBack() {
        queues = QueueNumbers()
        nextSweep = .zero
        begin()
    }

    /// Returns a reset statement, prepared at its first use.
    func use(_ sql: SQL) throws -> PreparedStatement {
        if let statement = statements[sql.rawValue] { return PreparedStatement(statement) }
        let statement = try connection.cachedStatement(sql: sql.text)
        statements[sql.rawValue] = statement
        return PreparedStatement(statement)
    }

    var lastInsertedNumber: Int64 { connection.lastInsertedRowID }

    // MARK: Queues

    /// The queue's number; `nil` if nobody has published to the queue yet.
    func number(of queue: QueueName) throws -> Int64? {
        if let known = queues[queue] { return known }
        var find = try use(.findQueue)
        find.bind(queue.rawValue)
        guard try find.step() else { return nil }
        queues[queue] = find.int(0)
        return queues[queue]
    }

    func numberMade(for queue: QueueName) throws -> Int64 {
        if let known = try number(of: queue) { return known }
        var add = try use(.addQueue)
        add.bind(queue.rawValue)
        try add.run()
        queues[queue] = lastInsertedNumber
        return lastInsertedNumber
    }

    func name(of queue: Int64) throws -> QueueName? {
        if let known = queues[queue] { return known }
        var find = try use(.queueName)
        find.bind(queue)
        guard try find.step(), let name = QueueName(rawValue: find.text(0)) else { return nil }
        queues[name] = queue
        return name
    }
}

/// The numbers of the queues seen so far. They never change and are never deleted.
struct QueueNumbers {
    private var numbers: [QueueName: Int64] = [:]
    private var names: [Int64: QueueName] = [:]
    /// Most calls ask for the same queue as the call before.
    private var last: (name: QueueName, number: Int64)?

    subscript(name: QueueName) -> Int64? {
        mutating get {
            if let last, last.name == name { return last.number }
            guard let number = numbers[name] else { return nil }
            last = (name, number)
            return number
        }
        set {
            numbers[name] = newValue
            if let newValue { names[newValue] = name }
        }
    }

    subscript(number: Int64) -> QueueName? { names[number] }
}

/// Tokens that differ from claim to claim and, seeded by the system, from process to process (SplitMix64, Steele et al.
/// 2014). A system call for each would cost more than the rest of a claim.
struct TokenSequence {
    private var state: UInt64

    init() {
        var generator = SystemRandomNumberGenerator()
        state = generator.next()
    }

    mutating func next() -> Int64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int64(bitPattern: mixed ^ (mixed >> 31))
    }
}
