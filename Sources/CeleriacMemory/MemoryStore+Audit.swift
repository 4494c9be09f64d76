public import CeleriacCore

extension MemoryStore: AuditLog {
    public func append(_ entry: AuditEntry) async throws {
        change { ledger, now in ledger.audit.append(entry, now) }
    }

    public func auditEntries(after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry> {
        let last = try cursor.map { cursor in
            guard let number = Int(cursor.rawValue), number >= 0 else { throw cursor.refusal }
            return number
        }
        let limit = limit.ofPage
        guard limit > 0 else { return Page([], next: cursor) }
        let listed = change { ledger, _ in ledger.audit.list(before: last ?? .max, limit: limit) }
        let next = listed.count < limit ? nil : listed.last.map { Cursor(rawValue: "\($0.number)") }
        return Page(listed.map(\.entry), next: next)
    }
}
