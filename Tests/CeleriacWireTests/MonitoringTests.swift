import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@Suite("Events and remote control")
struct MonitoringTests {
    private let limits = MessageLimits()
    private let at = Date(timeIntervalSince1970: 1_795_335_465.5)

    private func event(_ kind: MonitorEvent.Kind, from node: String = "w@h", clock: Int64 = 1) -> MonitorEvent {
        MonitorEvent(
            kind, from: node, pid: 7, clock: clock, at: at, utcOffset: -5.5,
            fields: ["uuid": "id", "runtime": 0.5, "eta": nil])
    }

    /// The mail as it arrives through Redis.
    private func kombu(_ mail: AddressedMail) throws -> Mail {
        try Mail(kombuText: mail.kombuText, limits: limits)
    }

    @Test("task events that follow each other go together, all others alone, in their order")
    func batches() throws {
        let events = [
            event(.workerOnline, clock: 1), event(.taskReceived, clock: 2), event(.taskStarted, clock: 3),
            event(.taskSent, clock: 4), event(.taskSucceeded, clock: 5), event(.taskFailed, from: "x@h", clock: 6),
            event(.workerHeartbeat, clock: 7),
        ]
        let messages = EventMessage.encode(events)
        #expect(
            messages.map(\.routingKey)
                == ["worker.online", "task.multi", "task.sent", "task.multi", "task.multi", "worker.heartbeat"])
        #expect(try messages.flatMap { try EventMessage.decode(kombu($0), limits: limits) } == events)
        #expect(EventMessage.encode([]).isEmpty)
    }

    @Test("what is no event is passed over, and a field cannot take the place of the event's own")
    func readsForeignEvents() throws {
        var spoofed = event(.taskStarted)
        spoofed.fields["type"] = "worker-offline"
        let read = try EventMessage.decode(kombu(EventMessage.encode([spoofed])[0]), limits: limits)
        #expect(read.map(\.kind) == [.taskStarted])
        let body =
            #"[1, {}, {"type": "task-x"}, {"type": "task-y", "hostname": "n", "pid": "p", "clock": 1e99, "timestamp": NaN}]"#
        let text =
            #"{"body": \#(JSONValue.string(body).text), "headers": {}, "properties": {}, "content-type": "application/json"}"#
        let events = try EventMessage.decode(Mail(kombuText: Array(text.utf8), limits: limits), limits: limits)
        #expect(events.map(\.kind.rawValue) == ["task-y"])
        for text in ["", "{}", #"{"body":"x"}"#, #"{"body":"[]","content-type":"application/x-yaml"}"#] {
            #expect(throws: CeleriacError.self) {
                try EventMessage.decode(Mail(kombuText: Array(text.utf8), limits: limits), limits: limits)
            }
        }
    }

    @Test("a command comes back as it went, with where to reply and its clock")
    func roundTripsCommands() throws {
        let command = ControlCommand(
            "rate_limit", ["task_name": "t", "rate_limit": "10/m"], to: ["a@h"], pattern: .init("w*@?", .glob))
        let raw = ControlMessage.request(command, ticket: "T", replyKey: "K", clock: 5, expires: 12.5)
        let request = try ControlMessage.decodeRequest(kombu(raw), limits: limits)
        #expect(
            request
                == ControlRequest(
                    command: command, ticket: "T", replyExchange: "reply.celery.pidbox", replyKey: "K", clock: 5))
        let silent = ControlMessage.request(ControlCommand("ping"), ticket: nil, replyKey: nil, clock: 0, expires: 0)
        #expect(
            try ControlMessage.decodeRequest(kombu(silent), limits: limits)
                == ControlRequest(command: ControlCommand("ping"), clock: 0))
        let value = try JSONValue(parsing: silent.kombuText)
        #expect(value["headers"] == ["clock": 0, "expires": 0])
        #expect(throws: CeleriacError.self) {
            try ControlMessage.decodeRequest(
                Mail(kombuText: Array(#"{"body":"{}"}"#.utf8), limits: limits), limits: limits)
        }
    }

    @Test("a reply comes back as it went")
    func roundTripsReplies() throws {
        let raw = ControlMessage.reply(["ok": "pong"], node: "w@h", ticket: "T", replyKey: "K", clock: 3)
        let (ticket, replies) = try ControlMessage.decodeReply(kombu(raw), limits: limits)
        #expect(ticket == "T")
        #expect(replies == [ControlReply(node: "w@h", value: ["ok": "pong"])])
        #expect(throws: CeleriacError.self) {
            try ControlMessage.decodeReply(
                Mail(kombuText: Array(#"{"body":"[]"}"#.utf8), limits: limits), limits: limits)
        }
    }

    @Test(
        "a pattern of a shell fits as Python's fnmatch has it",
        arguments: [
            ("*", "", true), ("*", "w1@h", true), ("w*", "w1@h", true), ("w*", "x", false), ("*@h", "w1@h", true),
            ("w?@h", "w1@h", true), ("w?@h", "w12@h", false), ("w[0-9]@h", "w5@h", true), ("w[!0-9]@h", "w5@h", false),
            ("w[abc]", "wb", true), ("w[]x]", "w]", true), ("w[", "w[", true), ("[!]]", "a", true),
            ("w[z-a]", "wb", false),
            ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("W*", "w1", false), ("", "", true),
            ("", "x", false),
            ("**", "x", true), ("[a-]", "-", true), ("日?", "日本", true),
        ])
    func fitsGlobs(pattern: String, node: String, isFitting: Bool) {
        #expect(ControlCommand("ping", pattern: .init(pattern, .glob)).isFor(node) == isFitting)
    }

    @Test(
        "an expression fits at the beginning of the name; one that cannot be read, or is long, fits nothing",
        arguments: [
            ("w1", "w1@h", true), ("1@h", "w1@h", false), ("w\\d+@.*", "w12@h", true), ("(a|w)1", "w1", true),
            ("(", "w1", false), ("(a+)+$", "aaaa", true), ("(a+)+$", "aaab", false),
            (String(repeating: "a", count: 201), "a", false),
            (".*.*.*.*x", "x", true), ("w\\*", "w*", true), ("", "w", true), ("^sw.*@", "sw1@h", true),
            ("^(?:mail|web)\\d*@[^.]+$", "web12@box", true), ("^(?:mail|web)\\d*@[^.]+$", "web12@box.x", false),
            ("w?", "x", true), ("[a-c]+@", "abc@h", true), ("[^a-c]+@", "abc@h", false), ("[]w]", "]", true),
            ("\\w+@\\S+$", "w_1@h", true), ("a|b|c", "c", true), ("(a|b)*?c$", "abac", true), ("()*", "x", true),
            ("w{2}", "ww", false), ("(?i)W", "w", false), ("(?=w)", "w", false), ("w\\b", "w", false),
            ("*", "w", false), ("[", "w", false), (")", "w", false), ("\\", "w", false), ("[c-a]", "b", false),
        ])
    func fitsExpressions(pattern: String, node: String, isFitting: Bool) {
        #expect(ControlCommand("ping", pattern: .init(pattern, .pcre)).isFor(node) == isFitting)
    }

    @Test("no pattern takes long, be it made for that", .timeLimit(.minutes(15)))
    func isQuick() {
        let name = String(repeating: "a", count: 255) + "@h"
        let hostile = [
            String(repeating: "(a*)*", count: 40) + "b", "(" + String(repeating: "a?", count: 98) + ")+",
            String(repeating: "(", count: 90) + "a" + String(repeating: ")*", count: 50), "((((a|a)*|a)*|a)*|a)*$",
        ]
        for text in hostile { #expect(!ControlCommand.Pattern(text + "$z", .pcre).fits(name)) }
        for text in [String(repeating: "*a", count: 512) + "b", String(repeating: "[", count: 1_024)] {
            #expect(!ControlCommand.Pattern(text, .glob).fits(name))
        }
        #expect(!ControlCommand.Pattern(String(repeating: "*", count: 1 << 20), .glob).fits(name))
    }

    @Test("without a destination everybody is meant, and with one its nodes alone")
    func addresses() {
        #expect(ControlCommand("ping").isFor("w"))
        #expect(ControlCommand("ping", to: []).isFor("w"))
        #expect(ControlCommand("ping", to: ["w", "x"]).isFor("w"))
        #expect(!ControlCommand("ping", to: ["x"]).isFor("w"))
        #expect(!ControlCommand("ping", to: ["x"], pattern: .init("w")).isFor("w"))
    }
}
