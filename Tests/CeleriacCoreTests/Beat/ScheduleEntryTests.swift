import CeleriacCore
import Foundation
import Testing

@Suite("Entries of the schedule")
struct ScheduleEntryTests {
    private static func entries() throws -> [ScheduleEntry] {
        var full = ScheduleEntry(
            "täglich", .crontab("30 2 * * *", in: try Zone("Europe/Berlin")), task: "reports.nightly",
            arguments: EncodedArguments(args: [1, "zwei", nil], kwargs: ["day": "heute"]), queue: "reports",
            priority: .high, expires: .milliseconds(1500), missed: .runAll(max: 12), overlap: .skip,
            jitter: Jitter(upTo: .milliseconds(100)), isPaused: true)
        full.route = ExchangeRoute(exchange: "feeds", routingKey: "feed.europe")
        full.timeLimit = .minutes(2)
        full.softTimeLimit = .seconds(90)
        full.ignoreResult = false
        full.headers = ["tenant": ["id": 7]]
        full.source = .code(owner: "web")
        return [
            full,
            ScheduleEntry("plain", .every(.seconds(30)), task: "t"),
            ScheduleEntry("sun", .solar(.sunset, latitude: 52.5, longitude: 13.4), task: "t", missed: .skip),
            ScheduleEntry("launch", .once(at: Date(timeIntervalSince1970: 1_800_000_000)), task: "t"),
        ]
    }

    @Test("an entry comes back from its text with all that it says")
    func roundTrip() throws {
        for entry in try Self.entries() {
            let read = try ScheduleEntry(parsing: entry.json)
            #expect(read == entry)
            #expect(try read.json == entry.json)
        }
    }

    @Test("an entry that says little is written as little")
    func plainText() throws {
        let entry = ScheduleEntry("plain", .once(at: Date(timeIntervalSince1970: 0)), task: "t")
        #expect(
            String(decoding: try entry.json, as: UTF8.self)
                == #"{"name":"plain","schedule":{"kind":"once","at":"1970-01-01T00:00:00+00:00"},"task":"t","args":[],"kwargs":{}}"#
        )
    }

    @Test("members of a later version are passed over")
    func laterVersion() throws {
        let text = #"{"task":"t","colour":{"a":[1]},"name":"n","schedule":{"kind":"every","seconds":30.0}}"#
        let entry = try ScheduleEntry(parsing: Array(text.utf8))
        #expect(entry == ScheduleEntry("n", .every(.seconds(30)), task: "t"))
    }

    @Test(
        "what is no entry is refused, whatever it is",
        arguments: [
            "", "[]", "{}", #"{"name":"n","task":"t"}"#, #"{"name":"n","task":"t","schedule":{"kind":"whenever"}}"#,
            #"{"name":"n","task":"t","schedule":{"kind":"every","seconds":-1}}"#,
            #"{"name":"n","task":"t","schedule":{"kind":"crontab","fields":"99 * * * *"}}"#,
            #"{"name":"n","task":"t","schedule":{"kind":"once","at":"1970-01-01T00:00:00+00:00"},"missed":"never"}"#,
            #"{"name":"n","task":"t","schedule":{"kind":"once","at":"1970-01-01T00:00:00+00:00"},"queue":"unacked"}"#,
        ])
    func refuses(text: String) {
        let error = #expect(throws: CeleriacError.self) { try ScheduleEntry(parsing: Array(text.utf8)) }
        #expect(error?.code == .invalidSchedule)
    }

    @Test("an argument that cannot be encoded is said when the entry is checked")
    func badArgument() {
        struct Unwritable: Encodable {
            func encode(to encoder: any Encoder) throws { throw CocoaError(.coderInvalidValue) }
        }
        var arguments = EncodedArguments()
        arguments.append(Unwritable())
        let entry = ScheduleEntry("n", .every(.seconds(1)), task: "t", arguments: arguments)
        let error = #expect(throws: CeleriacError.self) { try entry.check() }
        #expect(error?.code == .invalidArguments)
    }
}
