import CeleriacCore
import CeleriacPostgres
import Testing

extension FaultTests {
    @Test(
        "a full disk refuses publications with the code full and loses none; with room again the same store goes on",
        .enabled(if: SmallDisk.isPossible, "only root can mount a small file system"))
    func fullDisk() async throws {
        try await SmallDisk.run { disk in
            try await FaultField.run(deadline: .seconds(20), disk: disk.folder) { field in
                let store = field.store
                // Otherwise the server compresses the bodies to nothing.
                try await field.psql("ALTER TABLE celeriac.call ALTER COLUMN body SET STORAGE EXTERNAL")
                let (before, refusal) = await fill(field)
                #expect(refusal?.code == .full)
                #expect(refusal?.message.contains("no space or memory left; nothing was stored") == true)
                #expect(refusal?.isTransient == true)
                #expect(try await store.counts(of: .default).ready == before.count)

                try disk.makeRoom()
                try await accepted { _ = try await store.publish([.call("after", bytes: Self.bytes)]) }
                var ended: [TaskID] = []
                try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
                    while ended.count <= before.count {
                        let deliveries = try await consumer.next(upTo: 10, from: [.default], wait: true)
                        #expect(try await store.complete(deliveries.map { .success($0) }) == [])
                        ended += deliveries.map(\.id)
                    }
                }
                print("full disk: \(before.count) of \(Self.bytes) bytes accepted before, all of them ended after")
                #expect(ended == before + ["after"])
            }
        }
    }

    private static let bytes = 64 << 10

    /// Publishes until the store refuses.
    private func fill(_ field: FaultField) async -> (accepted: [TaskID], refusal: BrokerError?) {
        var accepted: [TaskID] = []
        while true {
            let id = TaskID("\(accepted.count)")
            do {
                try await field.store.publish([.call(id, bytes: Self.bytes)])
                accepted.append(id)
            } catch {
                return (accepted, error as? BrokerError)
            }
        }
    }
}
