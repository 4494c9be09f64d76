import CeleriacCore
import Foundation
import StoreKit

extension StoreTransaction {
    /// Records a state if the recorded state yields to it.
    func record(_ change: StoredChange) throws {
        var update = try use(.recordByID)
        bind(change, to: &update)
        update.bind(change.id.rawValue)
        if try update.run() == 0 {
            var insert = try use(.recordNew)
            insert.bind(change)
            insert.bind(change.id.rawValue)
            guard try insert.run() == 1 else { return }
        }
        try recordChildren(of: change)
        wakes.add(change.id)
    }

    /// Turns the call's row from that of its message into that of its result: one statement for the hot path.
    ///
    /// - Returns: `false` if nothing was done, because a recorded state does not yield or the row is another call's.
    func turnIntoRecord(_ call: Int64, _ change: StoredChange) throws -> Bool {
        var update = try use(.completeCall)
        bind(change, to: &update)
        update.bind(call)
        update.bind(change.id.rawValue)
        guard try update.run() == 1 else { return false }
        try recordChildren(of: change)
        wakes.add(change.id)
        return true
    }

    /// A separate statement, because almost no call has children.
    private func recordChildren(of change: StoredChange) throws {
        guard let children = change.children else { return }
        var update = try use(.recordChildren)
        update.bind(children)
        update.bind(change.id.rawValue)
        try update.run()
    }

    private func bind(_ change: StoredChange, to statement: inout PreparedStatement) {
        statement.bind(change)
        statement.bind(now.timeIntervalSinceReferenceDate)
        statement.bind(change.precedence)
    }

    /// Deletes the record of a call; its message stays.
    func forget(_ id: TaskID) throws {
        for statement in [SQL.forgetRecord, .deleteBareCall] {
            var delete = try use(statement)
            delete.bind(id.rawValue)
            if try delete.run() > 0 { wakes.add(id) }
        }
    }
}
