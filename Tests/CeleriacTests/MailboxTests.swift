import Testing

@testable import CeleriacWorker

@Suite("A mailbox", .timeLimit(.minutes(15)))
struct MailboxTests {
    @Test("its reader takes everything that has come meanwhile, in order")
    func order() async {
        let mailbox = Mailbox<Int>()
        for number in 1...5 { #expect(mailbox.put(number)) }
        #expect(await mailbox.next(upTo: 2) == [1, 2])
        #expect(await mailbox.next() == [3, 4, 5])
    }

    @Test("a reader that waits is woken by the next item, and by the end")
    func wakes() async {
        let mailbox = Mailbox<Int>()
        async let first = mailbox.next()
        await Task.yield()
        mailbox.put(7)
        #expect(await first == [7])
        async let end = mailbox.next()
        await Task.yield()
        mailbox.finish()
        #expect(await end == nil)
    }

    @Test("what was put before its end is still read; what comes after the reader's end is refused")
    func end() async {
        let mailbox = Mailbox<Int>()
        mailbox.put(1)
        mailbox.finish()
        #expect(mailbox.isFinished)
        #expect(mailbox.put(2), "the reader has not come to the end yet")
        #expect(await mailbox.next() == [1, 2])
        #expect(await mailbox.next() == nil)
        #expect(!mailbox.put(3))
        #expect(mailbox.change { items, _ in items.count } == nil)
    }

    @Test("a change sees what waits, and whether the end was asked for")
    func change() async {
        let mailbox = Mailbox<Int>()
        mailbox.put(1)
        let count = mailbox.change { items, isFinished in
            items.insert(0, at: 0)
            return isFinished ? -1 : items.count
        }
        #expect(count == 2)
        mailbox.finish()
        #expect(mailbox.change { _, isFinished in isFinished } == true)
        #expect(await mailbox.next() == [0, 1])
    }

    @Test("items of many writers all arrive once, those of each in order")
    func writers() async {
        let mailbox = Mailbox<(writer: Int, number: Int)>()
        let (writers, each) = (8, 2_000)
        let reading = Task {
            var seen = Array(repeating: [Int](), count: writers)
            while let items = await mailbox.next(upTo: 64) {
                for item in items { seen[item.writer].append(item.number) }
            }
            return seen
        }
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask { for number in 0..<each { mailbox.put((writer, number)) } }
            }
        }
        mailbox.finish()
        #expect(await reading.value == Array(repeating: Array(0..<each), count: writers))
    }
}
