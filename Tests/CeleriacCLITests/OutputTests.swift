import Celeriac
import Foundation
import Testing

@testable import CeleriacCLI

@Suite("output and arguments")
struct OutputTests {
    private func table() -> Table {
        var table = Table(.text("NAME"), .number("COUNT"))
        table.add("a-rather-long-name", "7")
        table.add("b", "12345")
        return table
    }

    @Test("a table aligns text to the left and numbers to the right")
    func aligns() {
        #expect(
            table().lines(width: nil) == [
                "NAME                COUNT", "a-rather-long-name      7", "b                   12345",
            ]
        )
    }

    @Test("control characters, escapes and turned text of hostile names are shown, not sent to the terminal")
    func showsHostileNames() {
        var table = Table(.text("NAME"))
        table.add("a\u{1B}[2J\nb\u{202E}c\u{7}")
        #expect(table.lines(width: nil)[1] == #"a\u{1b}[2J\nb\u{202e}c\u{7}"#)
        #expect(CommandFailure(.failed, "x\u{1B}y").message == #"x\u{1b}y"#)
    }

    @Test(
        "reads lengths of time",
        arguments: [
            ("30", .seconds(30)), ("1.5", .milliseconds(1500)), ("30s", .seconds(30)), ("250ms", .milliseconds(250)),
            ("5m", .minutes(5)), ("2H", .hours(2)), ("1d", .days(1)), ("0", .zero), ("5 m", .minutes(5)),
            ("1h30m", .minutes(90)), ("3 min 20 s", .seconds(200)), ("1.5h", .minutes(90)), ("90 sec", .seconds(90)),
        ] as [(String, Duration)]
    )
    func readsDurations(text: String, duration: Duration) {
        #expect(DurationArgument(argument: text)?.duration == duration)
    }

    @Test(
        "refuses what is no length of time",
        arguments: ["", "m", "-1", "nan", "inf", "1e99", "5y", "1h 30", "30 1h", "1h2h", "1..5s", " 5", "5  x", "."])
    func refusesDurations(text: String) { #expect(DurationArgument(argument: text) == nil) }

    @Test("reads points in time, absolute and from now")
    func readsMoments() {
        let now = Date(timeIntervalSince1970: 1_000_000)
        #expect(MomentArgument(argument: "1970-01-12T13:46:50Z")?.date(from: now) == now.addingTimeInterval(10))
        #expect(MomentArgument(argument: "1970-01-12T14:46:50+01:00")?.date(from: now) == now.addingTimeInterval(10))
        #expect(MomentArgument(argument: "10s")?.date(from: now) == now.addingTimeInterval(10))
        #expect(MomentArgument(argument: "noon") == nil)
    }

    @Test("a length of time that a command has printed can be typed")
    func readsItsOwnDurations() {
        let lengths: [Duration] = [
            .zero, .milliseconds(7), .milliseconds(400), .seconds(2), .seconds(59), .seconds(200), .hours(2),
            .hours(3) + .minutes(5), .days(4) + .hours(3), .days(30),
        ]
        for length in lengths { #expect(DurationArgument(argument: length.brief)?.duration == length, "\(length)") }
    }

    @Test(
        "numbers are grouped by three digits",
        arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-12_345, "-12,345")])
    func groups(number: Int, text: String) { #expect(number.grouped == text) }

    @Test("tells lengths of time to people")
    func tellsDurations() {
        let lengths: [(Duration, String)] = [
            (.zero, "0 s"), (.milliseconds(12), "12 ms"), (.milliseconds(440), "0.4 s"), (.seconds(1), "1 s"),
            (.milliseconds(1250), "1.2 s"), (.seconds(59), "59 s"), (.seconds(200), "3 min 20 s"), (.hours(2), "2 h"),
            (.days(4) + .hours(3), "4 d 3 h"),
        ]
        for (length, text) in lengths { #expect(length.brief == text) }
    }
}
