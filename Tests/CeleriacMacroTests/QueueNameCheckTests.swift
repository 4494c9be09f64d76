import CeleriacCore
import Testing

@testable import CeleriacExpansion

@Suite("Names of queues in attributes")
struct QueueNameCheckTests {
    @Test(
        "the macro takes the names that the program takes",
        arguments: [
            "", "celery", "w1@host.dq2", "two words", "a/b", "é", "日本語 🎉", "a\n", "a\0", "\u{7F}", "\u{85}",
            "a\u{2028}",
            "unacked", "unacked_index", "unacked_mutex", "unacked2", "celeriac.x", "celeriac", "_kombu.binding.x",
            "_kombu",
            "celery-task-meta-1", "celery-taskset-meta-1", "chord-unlock-1", "celeryev", "celeryev.1", "celeryevents",
            "celery.pidbox", "a.reply.celery.pidbox", "pidbox", String(repeating: "q", count: 255),
            String(repeating: "q", count: 256), String(repeating: "é", count: 128),
        ])
    func agrees(name: String) {
        #expect(QueueNameCheck.isName(name) == (QueueName(rawValue: name) != nil))
    }
}
