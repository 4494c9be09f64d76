import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker

@Suite("Deliveries that are checked before they start")
struct DeliveryScreenTests {
    private let time = ManualTime()

    private func tick(_ id: TaskID) -> Delivery {
        var headers = MessageHeaders(id: id, task: "t")
        headers.extra[Tick.header] = ["entry": "nightly"]
        let receipt = Receipt(message: Int64(id.rawValue.utf8.first ?? 0), token: 1, queue: "celery")
        return Delivery(
            receipt: receipt, envelope: Envelope(headers: headers, body: Array("[[],{},null]".utf8)), deliveryCount: 1,
            leaseDeadline: nil)
    }

    @Test("a record that cannot be read hides no repeated tick beside it")
    func unreadable() async throws {
        let store = FlakyBroker(MemoryStore(time: time))
        let backend = Backend(broker: PlainBroker(MemoryStore(time: time)), results: store)
        let app = try TaskApp(backend, options: AppOptions(discoversTasks: false), time: time)
        try await store.record(["a", "b"].map { StateChange(id: $0, state: .success, at: time.now) })
        let screen = try #require(DeliveryScreen(app))
        let ticks: [Delivery] = [tick("a"), tick("b"), tick("c")]
        #expect(await screen.repeated(among: ticks) == [ticks[0].receipt, ticks[1].receipt])
        // The question for all fails, then the one for the first tick.
        store.inject(.connectionLost, into: .readRecord, times: 2)
        #expect(await screen.repeated(among: ticks) == [ticks[1].receipt])
    }
}
