import Testing

@testable import CeleriacCore

@Suite("Cursors of messages")
struct MessageListTests {
    private static let queues: [QueueName] = ["mail", "a:b", "two words", "100%", "\u{E9}", "w1@host.dq2", "'"]

    @Test("a list reads its own cursors, whatever its queue and key", arguments: queues)
    func roundTrip(queue: QueueName) throws {
        let list = MessageList("memory", queue, .ready)
        for key in [["1"], ["", "a:b", "-inf"], ["\u{E9}%3a", "\n"]] {
            let cursor = list.cursor(key)
            #expect(try list.key(of: cursor) == key)
            #expect(cursor.rawValue.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ":._-%".contains($0)) })
        }
    }

    @Test("a cursor of another list is refused", arguments: queues)
    func otherLists(queue: QueueName) throws {
        let cursor = MessageList("memory", queue, .ready).cursor(["1", "2"])
        let others = [
            MessageList("sqlite", queue, .ready), MessageList("memory", queue, .dead),
            MessageList("memory", "other", .ready), MessageList("memory", "a", .ready),
        ]
        for other in others { #expect(throws: BrokerError.self) { try other.key(of: cursor) } }
    }

    @Test("a cursor with one character changed, missing or doubled is refused")
    func misspelt() throws {
        let list = MessageList("memory", "mail", .ready)
        let text = Array(list.cursor(["9", "1.5", "27"]).rawValue)
        for place in text.indices {
            for other in [[], [text[place], text[place]], [text[place] == "0" ? "1" : "0"]] as [[Character]] {
                var changed = text
                changed.replaceSubrange(place...place, with: other)
                let error = #expect(throws: BrokerError.self) {
                    try list.key(of: Cursor(rawValue: String(changed)))
                }
                #expect(error?.code == .refused)
            }
        }
    }
}
