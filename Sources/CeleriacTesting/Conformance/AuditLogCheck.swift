public import CeleriacCore

/// A promise of every ``AuditLog``.
public typealias AuditLogCheck = Check<any AuditLog>

extension Check where Subject == any AuditLog {
    public static var all: [AuditLogCheck] { keeping + listing }

    static var keeping: [AuditLogCheck] {
        [
            AuditLogCheck("an entry is kept with all that it says") { log, time in
                let entry = AuditEntry.full("1", at: time)
                try await log.append(entry)
                try expect(await log.all(), is: [entry], "entries")
            },
            AuditLogCheck("an entry's words may be hostile") { log, time in
                let entries = BrokerCheck.hostileTexts.map { AuditEntry.full($0, at: time) }
                for entry in entries { try await log.append(entry) }
                try expect(await log.all(), is: entries.reversed(), "entries")
            },
            AuditLogCheck("an entry that is appended again is replaced, and keeps its place") { log, time in
                var entry = AuditEntry.full("1", at: time)
                try await log.append(entry)
                try await log.append(.full("2", at: time))
                await time.advance(by: .seconds(3))
                (entry.result, entry.count, entry.at) = ("done", 17, time.now)
                try await log.append(entry)
                let entries = try await log.all()
                try expect(entries.map(\.id), is: ["2", "1"], "order")
                try expect(entries.last, is: entry, "entry")
            },
            AuditLogCheck("texts are cut, so that no entry is large") { log, time in
                let word = String(repeating: "é", count: 5_000)
                try await log.append(.full(word, at: time))
                let entry = try require(await log.all().first, "an entry")
                try expect(entry.note.count, is: AuditEntry.mostText, "characters of the note")
                try expect(entry.target.count, is: AuditEntry.mostText, "characters of the target")
            },
            AuditLogCheck("an entry of more than a year is dropped with the next one, the newest never") { log, time in
                try await log.append(.full("old", at: time))
                await time.advance(by: AuditEntry.longestKept + .days(1))
                try expect(await log.all().map(\.id), is: ["old"], "entries before the next one")
                try await log.append(.full("new", at: time))
                try expect(await log.all().map(\.id), is: ["new"], "entries after it")
                try await log.append(.full("newer", at: time))
                try expect(await log.all().map(\.id), is: ["newer", "new"], "entries of the last year")
            },
        ]
    }

    static var listing: [AuditLogCheck] {
        [
            AuditLogCheck("without entries the list is empty") { log, _ in
                let page = try await log.auditEntries(after: nil, limit: 10)
                try expect(page.isEmpty && page.next == nil, "\(page.count) entries")
            },
            AuditLogCheck("entries are listed page by page, the newest first, while others are appended") { log, time in
                for id in 1...5 { try await log.append(.full("\(id)", at: time)) }
                let first = try await log.auditEntries(after: nil, limit: 2)
                try expect(first.map(\.id), is: ["5", "4"], "first page")
                try await log.append(.full("6", at: time))
                try await log.append(.full("4", at: time))
                let second = try await log.auditEntries(after: first.next, limit: 2)
                try expect(second.map(\.id), is: ["3", "2"], "second page")
                let third = try await log.auditEntries(after: second.next, limit: 2)
                try expect(third.map(\.id), is: ["1"], "third page")
                try expect(third.next == nil, "the list goes on behind its end")
            },
            AuditLogCheck("entries that are appended at once are all kept") { log, time in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for id in 0..<50 { group.addTask { try await log.append(.full("\(id)", at: time)) } }
                    try await group.waitForAll()
                }
                try expect(Set(await log.all().map(\.id)), is: Set((0..<50).map { "\($0)" }), "entries")
            },
            AuditLogCheck("a cursor of another list of audit entries is refused") { log, _ in
                do {
                    _ = try await log.auditEntries(after: Cursor(rawValue: "no cursor"), limit: 2)
                } catch let error as BrokerError where error.code == .refused {
                    return
                }
                throw BrokenPromise("a cursor of another list was taken", #fileID, #line)
            },
        ]
    }
}

extension AuditLog {
    fileprivate func all() async throws -> [AuditEntry] { try await auditEntries(after: nil, limit: 1_000).items }
}

extension AuditEntry {
    /// An entry in which every field is set.
    fileprivate static func full(_ id: String, at time: ManualTime) -> AuditEntry {
        AuditEntry(
            id: id, at: time.now, user: "user \(id)", role: "operator", signIn: "password", address: "::1",
            action: "pause", target: "target \(id)", count: 3, note: "note \(id)", result: "started",
            request: "request \(id)")
    }
}
