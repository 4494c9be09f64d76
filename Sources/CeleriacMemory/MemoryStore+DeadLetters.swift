#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

extension MemoryStore: LetterArchive {
    public func bury(_ letters: [DeadLetter]) async throws {
        change { ledger, _ in
            for letter in letters where ledger.deadLetters[letter.id]?.letter.diedAt != letter.diedAt {
                ledger.insert(letter, enqueuedAt: letter.diedAt.timeIntervalSinceReferenceDate)
            }
        }
    }

    public func deadLetters(in queue: QueueName?, offset: Int, limit: Int) async throws -> [DeadLetter] {
        change { ledger, _ in
            ledger.deadLetters.list(queue, offset: max(0, offset), limit: max(0, limit)).map(\.letter)
        }
    }

    public func deadLetter(of id: TaskID) async throws -> DeadLetter? {
        change { ledger, _ in ledger.deadLetters[id]?.letter }
    }

    public func droppedDeadLetters() async throws -> [QueueName: Int] {
        change { ledger, _ in ledger.deadLetters.dropped }
    }

    public func requeue(_ ids: [TaskID]) async throws -> Set<TaskID> {
        change { ledger, now in Set(ids.filter { ledger.requeueDeadLetter($0, now) }) }
    }

    public func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID> {
        change { ledger, _ in Set(ids.filter { ledger.removeDeadLetter($0) != nil }) }
    }
}
