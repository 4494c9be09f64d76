import Celeriac
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

@Suite("Records that are read together")
struct ReadingTogetherTests {
    private let store: FlakyBroker<MemoryStore>
    private let app: TaskApp
    private let time = ManualTime()

    init() throws {
        store = FlakyBroker(MemoryStore(time: time))
        app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), time: time)
    }

    private func record(_ state: TaskState, of ids: [TaskID], children: [TaskID] = []) async throws {
        var changes = ids.map { StateChange(id: $0, state: state, at: time.now) }
        for index in changes.indices { changes[index].children = children.map { ResultNode($0) } }
        try await store.record(changes)
    }

    private func group(_ ids: [TaskID]) -> GroupResult<Int> { GroupResult(id: "group", members: ids, app: app) }

    @Test("the progress of a group costs one question for a hundred members")
    func progress() async throws {
        let ids = (0..<250).map { TaskID("member \($0)") }
        try await record(.success, of: Array(ids[..<120]))
        try await record(.failure, of: Array(ids[120..<130]))
        try await record(.started, of: Array(ids[130..<140]))
        let progress = try await group(ids).progress
        #expect(progress.succeeded == 120 && progress.failed == 10 && progress.total == 250)
        #expect(store.calls(of: .readRecord) == 3)
    }

    @Test("a member that stands twice in a group counts twice")
    func repeated() async throws {
        try await record(.success, of: ["a"])
        #expect(try await group(["a", "a", "b"]).progress.succeeded == 2)
    }

    @Test("an empty group has its progress without a result backend")
    func empty() async throws {
        let plain = try TaskApp(
            Backend(broker: PlainBroker(store)), options: AppOptions(discoversTasks: false), time: time)
        let progress = try await GroupResult<Int>(id: "g", members: [], app: plain).progress
        #expect(progress.fraction == 1)
    }

    @Test("a graph reads each level of the calls at once, and knows them all")
    func graph() async throws {
        let (leaves, parents) = ((0..<40).map { TaskID("leaf\($0)") }, (0..<20).map { TaskID("parent\($0)") })
        try await record(.success, of: leaves)
        try await record(.success, of: parents, children: leaves)
        let text = try await group(parents).graph()
        #expect((leaves + parents).allSatisfy { text.contains($0.rawValue) })
        #expect(store.calls(of: .readRecord) == 2)
    }

    @Test("revoking a workflow reads the children of each level at once")
    func revoking() async throws {
        let (leaves, parents) = ((0..<40).map { TaskID("leaf\($0)") }, (0..<20).map { TaskID("parent\($0)") })
        try await record(.started, of: parents, children: leaves)
        try await group(parents).revokeAll()
        #expect(try await store.base.revocations(among: leaves + parents).count == 60)
        #expect(store.calls(of: .readRecord) == 2)
    }

    @Test("a store that reads records one by one can be asked for several")
    func oneByOne() async throws {
        try await record(.success, of: ["a", "b"])
        let records = try await OneByOne(store: store.base).records(of: ["b", "nobody", "a", "b"])
        #expect(records.mapValues(\.state) == ["a": .success, "b": .success])
    }
}

/// A result backend that has only what the port requires.
private struct OneByOne: ResultBackend {
    let store: MemoryStore
    var transport: String { store.transport }

    func record(_ changes: [StateChange]) async throws { try await store.record(changes) }
    func record(of id: TaskID) async throws -> TaskRecord? { try await store.record(of: id) }
    func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        try await store.nextRecord(of: id, after: seen)
    }
    func forget(_ id: TaskID) async throws { try await store.forget(id) }
}
