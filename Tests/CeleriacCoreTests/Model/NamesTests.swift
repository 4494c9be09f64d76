import CeleriacCore
import Testing

@Suite("Names, ids and rates")
struct NamesTests {
    @Test(
        "a queue's name is any text that Python's fleets name queues by",
        arguments: [
            "celery", "a", "Mail_1.high:eu-west", "w1@host.dq2", "C.dq2", "two words", " ", "a/b", "a+b", "a=3,b", "*",
            "é",
            "日本語 🎉", "a'; drop table t; --", "unacked2", "my.unacked", "celeriac", "celery", "pidbox", "celeryevents",
            "rq:queues", String(repeating: "q", count: 255),
        ])
    func takesQueueNames(name: String) throws {
        #expect(QueueName(rawValue: name)?.rawValue == name)
        #expect(try QueueName(name).description == name)
    }

    @Test(
        "any other queue name is refused, and the error is printable",
        arguments: [
            "", "a\n", "\r", "a\0", "\u{1B}[31m", "\u{7F}", "\u{85}", "a\u{2028}b", "a\u{2029}", "a\u{6}\u{16}3",
            String(repeating: "q", count: 256), String(repeating: "é", count: 128),
        ])
    func refusesQueueNames(name: String) throws {
        #expect(QueueName(rawValue: name) == nil)
        let error = try #require(throws: CeleriacError.self) { try QueueName(name) }
        #expect(error.code == .invalidName)
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(error.description.count < 250)
    }

    @Test(
        "a name of Celeriac's, kombu's or Celery's own is no queue name, and the error says whose it is",
        arguments: [
            ("celeriac.delayed:celery", "Celeriac"), ("celeriac.leases:celery", "Celeriac"), ("celeriac.", "Celeriac"),
            ("unacked", "kombu"), ("unacked_index", "kombu"), ("unacked_mutex", "kombu"),
            ("_kombu.binding.celery", "kombu"), ("_kombu.binding_permanent.x", "kombu"),
            ("celery-task-meta-1", "result"), ("celery-taskset-meta-1", "result"), ("chord-unlock-1", "result"),
            ("celery.pidbox", "remote control"), ("w1@host.celery.pidbox", "remote control"),
            ("reply.celery.pidbox", "remote control"), ("4f2a.reply.celery.pidbox", "remote control"),
            ("celeryev", "events"), ("celeryev.4f2a", "events"),
        ])
    func refusesReservedNames(name: String, owner: String) throws {
        #expect(QueueName(rawValue: name) == nil)
        let error = try #require(throws: CeleriacError.self) { try QueueName(name) }
        #expect(error.code == .invalidName)
        #expect(error.message.contains("\"\(name)\"") && error.message.contains(owner), "\(error)")
    }

    @Test("queue names are the same if their bytes are")
    func comparesBytes() {
        let spellings: [QueueName] = ["\u{E9}", "e\u{301}", "\u{212B}", "\u{C5}", "A\u{30A}", "e"]
        #expect(Set(spellings).count == 6)
        for (place, name) in spellings.enumerated() {
            #expect(spellings.firstIndex(of: name) == place)
            #expect(QueueName(rawValue: name.rawValue) == name)
        }
    }

    @Test("a random id is a UUID of version 7, in lower case")
    func makesUUIDs() throws {
        for _ in 0..<1000 {
            let characters = Array(TaskID.random().rawValue)
            #expect(characters.count == 36)
            for (place, character) in characters.enumerated() {
                switch place {
                case 8, 13, 18, 23: #expect(character == "-")
                case 14: #expect(character == "7")
                case 19: #expect("89ab".contains(character))
                default: #expect("0123456789abcdef".contains(character))
                }
            }
        }
    }

    @Test("a hundred thousand ids made by many tasks at once are all different")
    func makesDistinctIDs() async {
        let ids = await withTaskGroup(of: [TaskID].self) { group in
            for _ in 0..<10 { group.addTask { (0..<10_000).map { _ in TaskID.random() } } }
            return await group.reduce(into: Set<TaskID>()) { $0.formUnion($1) }
        }
        #expect(ids.count == 100_000)
    }

    @Test(
        "a rate is read in Celery's form",
        arguments: [("10/s", 0.1), ("100/m", 0.6), ("5/h", 720), ("2", 0.5), ("0.5/s", 2)])
    func readsRates(text: String, seconds: Double) throws {
        let limit = try #require(RateLimit(text))
        #expect(abs(limit.interval.seconds - seconds) < 1e-9)
        #expect(RateLimit(limit.description) == limit)
    }

    @Test(
        "what is no rate is refused",
        arguments: ["", "0", "0/s", "-1/s", "x/s", "1/d", "1/s/m", "/s", "inf/s", "nan", "1 / s"])
    func refusesRates(text: String) {
        #expect(RateLimit(text) == nil)
    }
}
