import CeleriacCore
import StoreKit
import Testing

@Suite("The book of a chord")
struct ChordBookTests {
    /// Counts steps as a store does, which keeps each caller and part once.
    private struct Store {
        var book = ChordBook()
        var kept: Set<String> = []
        var last: Int64 = 0

        mutating func take(_ step: ChordBook.Step, from source: String = "") {
            guard book.isOpen(to: step), source.isEmpty || kept.insert(source).inserted else { return }
            var number = last
            book.count(step) {
                number += 1
                return number
            }
            last = number
        }
    }

    private func part(_ id: TaskID) -> ChordBook.Step { .part(id, expires: 10) }

    @Test("a chord is due with its last part, and not before")
    func due() {
        var store = Store()
        store.take(.open(size: 2, expires: 5))
        store.take(part("a"), from: "a")
        #expect(store.book.due == nil && store.book.progress == ChordProgress(size: 2, arrived: 1, isLaunched: false))
        store.take(part("a"), from: "a")
        #expect(store.book.due == nil && store.book.arrived == 1)
        store.take(part("b"), from: "b")
        #expect(store.book.due == 1 && store.book.lastID == "b")
    }

    @Test("parts that come before the opening count")
    func early() {
        var store = Store()
        store.take(part("a"), from: "a")
        #expect(store.book.expected == nil && store.book.due == nil)
        store.take(.open(size: 1, expires: nil))
        #expect(store.book.due == 1)
    }

    @Test("an extension puts a chord off, also one that was due")
    func extended() {
        var store = Store()
        store.take(.open(size: 1, expires: nil))
        store.take(part("a"), from: "a")
        store.take(.extend(1), from: "caller")
        #expect(store.book.due == nil && store.book.expected == 2)
        store.take(.extend(1), from: "caller")
        store.take(part("b"), from: "b")
        #expect(store.book.due == 2)
    }

    @Test("a second opening changes nothing, nor does a step of a launched chord")
    func closed() {
        var store = Store()
        store.take(.open(size: 1, expires: 5))
        store.take(.open(size: 9, expires: 9))
        #expect(store.book.size == 1 && store.book.expires == 5)
        store.take(part("a"), from: "a")
        store.book.launch()
        let launched = store.book
        store.take(part("b"), from: "b")
        store.take(.extend(3), from: "caller")
        store.take(.open(size: 4, expires: nil))
        #expect(store.book == launched)
        #expect(launched.progress == ChordProgress(size: 1, arrived: 1, isLaunched: true) && launched.due == nil)
    }

    @Test("each part puts off when the chord is forgotten; without a date it is never")
    func forgotten() {
        var store = Store()
        store.take(.open(size: 2, expires: 5))
        #expect(store.book.isForgotten(at: 5) && !store.book.isForgotten(at: 4.9))
        store.take(part("a"), from: "a")
        #expect(!store.book.isForgotten(at: 9.9) && store.book.isForgotten(at: 10))
        #expect(!ChordBook().isForgotten(at: .greatestFiniteMagnitude))
    }

    @Test("a chord of no parts waits for one, since no call could be its last")
    func empty() {
        var store = Store()
        store.take(.open(size: 0, expires: nil))
        #expect(store.book.due == nil)
        store.take(part("a"), from: "a")
        #expect(store.book.due == 1)
    }
}
