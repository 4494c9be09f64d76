public import CeleriacCore

extension MemoryStore: ScheduleBroker {
    public func schedule() async throws -> ScheduleSnapshot {
        change { ledger, _ in ledger.schedule.snapshot }
    }

    public func scheduleGeneration() async throws -> Int64 {
        change { ledger, _ in ledger.schedule.generation }
    }

    public func scheduleRecord(of name: String) async throws -> ScheduleRecord? {
        change { ledger, _ in ledger.schedule.records[name] }
    }

    public func put(_ entry: ScheduleEntry) async throws {
        try entry.check()
        try changeSchedule { book, now in try book.put(entry, at: now.date) }
    }

    public func synchronize(_ entries: [ScheduleEntry], of owner: String) async throws {
        for entry in entries { try entry.check() }
        try changeSchedule { book, now in try book.synchronize(entries, of: owner, at: now.date) }
    }

    public func removeEntry(_ name: String) async throws -> Bool {
        change { ledger, _ in ledger.schedule.remove(name) }
    }

    public func setPaused(_ isPaused: Bool, _ name: String) async throws -> Bool {
        try changeSchedule { book, now in try book.setPaused(isPaused, name, at: now.date) }
    }

    public func take(_ step: ScheduleStep) async throws -> PublishReport? {
        change { ledger, now in
            guard ledger.schedule.permits(step) else { return nil }
            let report = ledger.publish(step.publications, now)
            ledger.schedule.note(step, report)
            return report
        }
    }

    public func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) async throws -> Bool {
        change { ledger, _ in ledger.schedule.claim(step, by: beat, for: lease) }
    }

    public func mark(_ step: ScheduleStep, _ report: PublishReport) async throws -> Bool {
        change { ledger, _ in ledger.schedule.mark(step, report) }
    }

    /// Changes the entries: all changes apply, or none.
    private func changeSchedule<Value: Sendable>(
        _ body: (inout ScheduleBook, Moment) throws -> Value
    ) throws -> Value {
        try change { ledger, now in
            Result<Value, any Error> {
                var book = ledger.schedule
                let value = try body(&book, now)
                ledger.schedule = book
                return value
            }
        }.get()
    }
}
