import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

@Suite("The audit log in memory")
struct AuditTests {
    @Test("the newest 100,000 entries are kept, and a walk by pages lists each once")
    func bounded() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        for id in 0..<AuditEntry.mostKept + 12_000 {
            try await store.append(AuditEntry(id: "\(id)", at: time.now, user: "ada", action: "pause"))
        }
        var (listed, cursor) = ([String](), nil as Cursor?)
        repeat {
            let page = try await store.auditEntries(after: cursor, limit: 9_999)
            listed += page.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(listed == (12_000..<AuditEntry.mostKept + 12_000).reversed().map { "\($0)" })
    }
}
