public import CeleriacCore
import Foundation

extension SQLiteStore: AuditLog {
    public func append(_ entry: AuditEntry) async throws {
        let text = [UInt8](try JSONEncoder().encode(entry))
        try await writer.perform { try $0.append(entry, text) }
    }

    public func auditEntries(after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry> {
        let last = try cursor.map { cursor in
            guard let number = Int64(cursor.rawValue) else { throw cursor.refusal }
            return number
        }
        let limit = limit.ofPage
        guard limit > 0 else { return Page([], next: cursor) }
        let lines = try await inspect { try $0.auditLines(before: last ?? .max, limit: limit) }
        // This version cannot show a line that a later version wrote in another form.
        let entries = lines.compactMap { try? JSONDecoder().decode(AuditEntry.self, from: $0.text) }
        return Page(entries, next: lines.count < limit ? nil : lines.last.map { Cursor(rawValue: "\($0.number)") })
    }
}
