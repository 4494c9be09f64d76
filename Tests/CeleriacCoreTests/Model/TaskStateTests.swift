import CeleriacCore
import Foundation
import Testing

@Suite("Task states")
struct TaskStateTests {
    /// `celery/states.py`, `PRECEDENCE`; `None` stands for every custom state.
    static let celery: [TaskState] = [
        .success, .failure, "UPLOADING", .revoked, .started, .received, .rejected, .retry, .pending,
    ]

    @Test("states have Celery's order")
    func hasCelerysOrder() {
        let places = Self.celery.map(\.precedence)
        #expect(places == places.sorted())
        #expect(Set(places).count == Self.celery.count)
        #expect(TaskState.progress.precedence == TaskState("ANYTHING").precedence)
    }

    @Test("three states are terminal")
    func knowsTheEnd() {
        #expect(Self.celery.filter(\.isTerminal) == [.success, .failure, .revoked])
        #expect(!TaskState.progress.isTerminal)
    }

    @Test("what is over stays over, but for success, and failure after a revocation")
    func yields() {
        for terminal in [TaskState.success, .failure, .revoked] {
            for other in Self.celery + [.progress, .unknown] {
                let expected = [[.failure, .success], [.revoked, .success], [.revoked, .failure]].contains([
                    terminal, other,
                ])
                #expect(terminal.yields(to: other) == expected, "\(terminal) to \(other)")
            }
        }
        for state in Self.celery where !state.isTerminal {
            #expect(Self.celery.allSatisfy { state.yields(to: $0) })
        }
    }
}

@Suite("Records derived from the message's place")
struct DerivedRecordTests {
    private func derived(
        _ stored: (TaskState, attempt: Int)?, _ status: MessagePlace.Status?, attempt: Int = 2
    ) -> TaskState? {
        let record = stored.map { TaskRecord(id: "i", state: $0.0, attempt: $0.attempt) }
        let place = status.map { MessagePlace(status: $0, queue: "mail", task: "t", attempt: attempt) }
        return TaskRecord.derived(stored: record, place: place, id: "i")?.state
    }

    @Test("without a message the stored record stands, or nothing")
    func withoutMessage() {
        #expect(derived(nil, nil) == nil)
        #expect(derived((.success, 1), nil) == .success)
        #expect(derived((.failure, 1), .dead) == .failure)
        #expect(derived(nil, .dead) == nil)
    }

    @Test("a message that waits is pending, one that is leased has started")
    func withoutRecord() {
        #expect(derived(nil, .ready) == .pending)
        #expect(derived(nil, .delayed) == .pending)
        #expect(derived(nil, .leased) == .started)
    }

    @Test("a retry waits as a retry, and starts as a start")
    func retries() {
        #expect(derived((.retry, 1), .delayed) == .retry)
        #expect(derived((.retry, 1), .ready) == .retry)
        #expect(derived((.retry, 2), .leased) == .started)
    }

    @Test("a call that was announced as pending before its message came starts as any other")
    func announced() {
        #expect(derived((.pending, 1), nil) == .pending)
        #expect(derived((.pending, 1), .ready, attempt: 1) == .pending)
        #expect(derived((.pending, 1), .leased, attempt: 1) == .started)
    }

    @Test("a custom state holds for its own attempt only")
    func customStates() {
        #expect(derived((.progress, 2), .leased) == .progress)
        #expect(derived((.progress, 1), .leased) == .started)
        #expect(derived((.progress, 2), .ready) == .pending)
    }

    @Test("what is over stays over, wherever its message is", arguments: MessagePlace.Status.allCases)
    func terminal(status: MessagePlace.Status) {
        #expect(derived((.success, 1), status) == .success)
        #expect(derived((.revoked, 1), status) == .revoked)
    }

    @Test("a derived record knows what the message knows")
    func carriesThePlace() {
        let place = MessagePlace(status: .leased, queue: "mail", task: "tasks.add", attempt: 4)
        let record = TaskRecord.derived(stored: nil, place: place, id: "i")
        #expect(record?.queue == "mail")
        #expect(record?.task == "tasks.add")
        #expect(record?.attempt == 4)
        #expect(record?.at == nil)
    }
}
