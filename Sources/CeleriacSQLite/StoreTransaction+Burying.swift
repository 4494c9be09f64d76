import StoreKit
import CeleriacCore
import Foundation

extension StoreTransaction {
    /// Turns a message into a dead letter. It replaces no other letter. Drops the oldest letters of its queue if the
    /// queue now exceeds its limits.
    func bury(_ call: Int64, reason: String, deliveries: Int64) throws {
        var find = try use(.callID)
        find.bind(call)
        guard try find.step() else { return }
        let (id, queue) = (find.text(0), find.int(1))
        var bury = try use(.buryMessage)
        bury.bind(call)
        bury.bind(try freeLetterID(for: id, call))
        bury.bind(reason)
        bury.bind(now.timeIntervalSinceReferenceDate)
        bury.bind(deliveries)
        try bury.run()
        try removeMessage(call)
        try dropOldestLetters(of: queue)
    }

    /// Adds the dead letter of another broker, unless it already exists.
    func bury(_ letter: StoredLetter) throws {
        let diedAt = letter.diedAt.timeIntervalSinceReferenceDate
        var find = try use(.hasSameGrave)
        find.bind(letter.id.rawValue)
        find.bind(diedAt)
        guard try !find.step() else { return }
        let queue = try numberMade(for: letter.queue)
        var bury = try use(.buryLetter)
        bury.bind(try freeLetterID(for: letter.id.rawValue, 1))
        bury.bind(queue)
        bury.bind(Place.rank(letter.message.priority, atFront: false))
        bury.bind(letter.reason)
        bury.bind(diedAt)
        bury.bind(letter.message)
        try bury.run()
        try dropOldestLetters(of: queue)
    }

    /// Returns the call's id, or an id derived from it if a letter with that id exists.
    private func freeLetterID(for id: String, _ call: Int64) throws -> String {
        var (letter, number) = (id, call)
        while try hasLetter(letter) {
            letter = "\(id)+\(number)"
            number += 1
        }
        return letter
    }

    private func hasLetter(_ id: String) throws -> Bool {
        var find = try use(.hasGrave)
        find.bind(id)
        return try find.step()
    }

    private func dropOldestLetters(of queue: Int64) throws {
        while try holdsTooManyLetters(queue) {
            for statement in [SQL.deleteOldestGrave, .noteDropped] {
                var drop = try use(statement)
                drop.bind(queue)
                try drop.run()
            }
        }
    }

    private func holdsTooManyLetters(_ queue: Int64) throws -> Bool {
        var find = try use(.graves)
        find.bind(queue)
        guard try find.step(), find.int(0) > 1 else { return false }
        return find.int(0) > deadLetters.count || find.int(1) > deadLetters.bytes
    }
}
