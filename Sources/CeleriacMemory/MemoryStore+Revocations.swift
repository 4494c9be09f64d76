#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore

extension MemoryStore: RevocationStore {
    @discardableResult
    public func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws -> Set<TaskID> {
        change { ledger, now in
            Set(ids.filter { ledger.revoke(Revocation(id: $0, terminate: terminate, until: until), now) })
        }
    }

    public func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation] {
        change { ledger, now in ledger.revocations.among(ids, now) }
    }

    public func nextRevocation(after generation: Int64) async throws -> Int64 {
        while true {
            try Task.checkCancellation()
            let (newest, ticket) = change { ledger, _ in
                (ledger.revocations.generation, ledger.nextRevocation(after: generation))
            }
            guard let ticket else { return newest }
            defer { change { ledger, _ in ledger.leaveRevocations(ticket) } }
            try await sleep(ticket)
        }
    }
}
