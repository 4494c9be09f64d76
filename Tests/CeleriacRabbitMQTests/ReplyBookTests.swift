import CeleriacCore
import TestKit
import Testing

@testable import CeleriacRabbitMQ

@Suite("The states that a process keeps of its calls")
struct ReplyBookTests {
    private static let day = Duration.days(1)

    private func book(_ most: Int = 100, bytes: Int = 1 << 20, lifetime: Duration = day) -> ReplyBook {
        ReplyBook(most: most, bytes: bytes, lifetime: lifetime)
    }

    @Test("the number of states is bounded; the oldest go first")
    func number() {
        var book = book(3)
        for number in 0..<10 { book.take(.of(TaskID("\(number)")), size: 1, at: .seconds(number)) }
        #expect(book.count == 3 && book.byteCount == 3 && book.droppedCount == 7)
        #expect((0..<10).filter { book.record(of: TaskID("\($0)"), at: .seconds(10)) != nil } == [7, 8, 9])
    }

    @Test("their bytes are bounded; a state that is larger than the bound goes at once")
    func bytes() {
        var book = book(bytes: 100)
        for number in 0..<10 { book.take(.of(TaskID("\(number)")), size: 30, at: .zero) }
        #expect(book.count == 3 && book.byteCount == 90)
        book.take(.of("large"), size: 101, at: .zero)
        #expect(book.record(of: "large", at: .zero) == nil && book.byteCount <= 100)
    }

    @Test("they are kept for their time, counted from the arrival of each state")
    func time() {
        var book = book(lifetime: .seconds(60))
        book.take(.of("a", .started), size: 1, at: .zero)
        book.take(.of("a", .success), size: 1, at: .seconds(30))
        #expect(book.record(of: "a", at: .seconds(89))?.state == .success)
        #expect(book.record(of: "a", at: .seconds(90)) == nil)
        book.take(.of("b"), size: 1, at: .seconds(90))
        #expect(book.count == 1 && book.droppedCount == 0)
    }

    @Test("states that somebody waits for stay, whatever the bounds, and go after the wait")
    func awaited() {
        var book = book(2, bytes: 10, lifetime: .seconds(60))
        for id: TaskID in ["early", "late"] { book.beginWait(for: id) }
        book.take(.of("early"), size: 50, at: .zero)
        for number in 0..<10 { book.take(.of(TaskID("\(number)")), size: 1, at: .seconds(number)) }
        book.take(.of("late"), size: 50, at: .seconds(100))
        #expect(book.record(of: "early", at: .seconds(100)) != nil)
        #expect(book.record(of: "late", at: .seconds(100)) != nil)
        book.endWait(for: "early", at: .seconds(100))
        book.endWait(for: "late", at: .seconds(100))
        #expect(book.byteCount <= 10 && book.count <= 2)
    }

    @Test("a call that two wait for stays until the second one has left")
    func twoWait() {
        var book = book(1)
        book.beginWait(for: "a")
        book.beginWait(for: "a")
        book.take(.of("a"), size: 1, at: .zero)
        book.endWait(for: "a", at: .zero)
        book.take(.of("b"), size: 1, at: .zero)
        #expect(book.record(of: "a", at: .zero) != nil)
        book.endWait(for: "a", at: .zero)
        #expect(book.record(of: "a", at: .zero) != nil || book.record(of: "b", at: .zero) != nil)
        #expect(book.count == 1)
    }

    @Test("a final state is not replaced by an earlier one that arrives late")
    func order() {
        var book = book()
        book.take(.of("a", .success), size: 1, at: .zero)
        let isTaken = book.take(.of("a", .started), size: 1, at: .zero)
        #expect(!isTaken)
        #expect(book.record(of: "a", at: .zero)?.state == .success)
    }

    @Test("what is kept for the order is bounded too: by many states of one call, and by many waits")
    func places() {
        var book = book()
        for number in 0..<100_000 {
            book.take(.of("a", .progress), size: number % 7, at: .zero)
            book.beginWait(for: "a")
            book.endWait(for: "a", at: .zero)
        }
        #expect(book.count == 1 && book.placeCount < 200)
    }

    @Test("no order of arrivals, waits and removals exceeds the bounds by what nobody waits for")
    func walk() {
        var chance = Chance()
        for _ in 0..<200 { walk(&chance) }
    }

    private func walk(_ chance: inout Chance) {
        var (book, now) = (book(5, bytes: 50, lifetime: .seconds(20)), Duration.zero)
        var waits: [TaskID: Int] = [:]
        for _ in 0..<300 {
            let id = TaskID("\(Int.random(in: 0...12, using: &chance))")
            switch Int.random(in: 0...9, using: &chance) {
            case 0...5:
                let state: TaskState = Bool.random(using: &chance) ? .progress : .success
                book.take(.of(id, state), size: Int.random(in: 0...20, using: &chance), at: now)
            case 6:
                book.beginWait(for: id)
                waits[id, default: 0] += 1
            case 7:
                book.endWait(for: id, at: now)
                waits[id] = waits[id].flatMap { $0 > 1 ? $0 - 1 : nil }
            case 8: book.remove(id)
            default: now += .seconds(Int.random(in: 0...10, using: &chance))
            }
            #expect(book.count <= 5 + waits.count && book.placeCount <= 120)
            #expect(book.byteCount <= 50 + 20 * waits.count)
        }
    }
}

extension TaskRecord {
    fileprivate static func of(_ id: TaskID, _ state: TaskState = .success) -> TaskRecord {
        TaskRecord(id: id, state: state)
    }
}
