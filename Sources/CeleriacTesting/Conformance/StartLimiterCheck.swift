#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

/// A promise of every ``StartLimiter``.
public typealias StartLimiterCheck = Check<any StartLimiter>

extension Check where Subject == any StartLimiter {
    public static var all: [StartLimiterCheck] {
        [
            StartLimiterCheck("the first call of a limit may start at once") { limiter, _ in
                try expect(await limiter.start("a"), is: nil, "start of a")
                try expect(await limiter.start("b", under: "another"), is: nil, "start of b under another limit")
            },
            StartLimiterCheck("calls that come together start one interval after the other") { limiter, time in
                let now = time.now
                var starts: [Date?] = []
                for id in ["a", "b", "c"] { starts.append(try await limiter.start(TaskID(id))) }
                try expect(starts, is: [nil, now.adding(.seconds(6)), now.adding(.seconds(12))], "starts")
            },
            StartLimiterCheck("a call keeps the instant that it was given, until that has come") { limiter, time in
                _ = try await limiter.start("a")
                let start = try require(await limiter.start("b"), "an instant for b")
                try expect(await limiter.start("b"), is: start, "instant of b, asked again")
                try expect(await limiter.start("c"), is: start.adding(.seconds(6)), "instant of c")
                await time.advance(by: .seconds(6))
                try expect(await limiter.start("b"), is: nil, "start of b at its instant")
                try expect(await limiter.start("c"), is: start.adding(.seconds(6)), "instant of c, asked again")
            },
            StartLimiterCheck("a call that comes late for its instant may start, and holds nobody up") {
                limiter, time in
                _ = try await limiter.start("a")
                _ = try await limiter.start("b")
                await time.advance(by: .minutes(5))
                try expect(await limiter.start("b"), is: nil, "start of b")
                try expect(await limiter.start("c"), is: nil, "start of c")
            },
            StartLimiterCheck("a call that has started is a new one when it comes again") { limiter, time in
                try expect(await limiter.start("a"), is: nil, "first start")
                try expect(await limiter.start("a"), is: time.now.adding(.seconds(6)), "second start")
                await time.advance(by: .seconds(6))
                try expect(await limiter.start("a"), is: nil, "second start at its instant")
            },
            StartLimiterCheck("after a pause there is no burst") { limiter, time in
                _ = try await limiter.start("a")
                await time.advance(by: .hours(1))
                try expect(await limiter.start("b"), is: nil, "start of b")
                try expect(await limiter.start("c"), is: time.now.adding(.seconds(6)), "start of c")
            },
            StartLimiterCheck("a clock that ran ahead and is set right holds no call up") { limiter, time in
                time.setClock(by: .days(3653))
                _ = try await limiter.start("a")
                _ = try await limiter.start("b")
                time.setClock(by: .days(-3653))
                let starts = [try await limiter.start("b"), try await limiter.start("c"), try await limiter.start("d")]
                let latest = time.now.adding(.minutes(1))
                try expect(starts.allSatisfy { $0.map { $0 <= latest } ?? true }, "calls wait for ten years")
            },
            StartLimiterCheck("of many callers at once each gets an instant of its own") { limiter, time in
                let now = time.now
                let starts = try await withThrowingTaskGroup(of: Date?.self) { group in
                    for id in 0..<20 { group.addTask { try await limiter.start(TaskID("\(id)")) } }
                    return try await group.reduce(into: []) { $0.append($1 ?? now) }
                }
                try expect(starts.sorted(), is: (0..<20).map { now.adding(.seconds(6 * $0)) }, "instants")
            },
            StartLimiterCheck("one call may stand under several limits") { limiter, time in
                _ = try await limiter.start("a", under: "one")
                _ = try await limiter.start("a", under: "two", every: .seconds(60))
                try expect(await limiter.start("b", under: "one"), is: time.now.adding(.seconds(6)), "under one")
                let other = try await limiter.start("b", under: "two", every: .seconds(60))
                try expect(other, is: time.now.adding(.minutes(1)), "under two")
            },
            StartLimiterCheck("a limit may have any name") { limiter, time in
                for text in BrokerCheck.hostileTexts {
                    try expect(await limiter.start("a", under: text), is: nil, "start under a hostile name")
                    let second = try await limiter.start(TaskID(text), under: text)
                    try expect(second, is: time.now.adding(.seconds(6)), "second start under a hostile name")
                }
            },
        ]
    }
}

extension StartLimiter {
    fileprivate func start(
        _ id: TaskID, under key: String = "mail", every interval: Duration = .seconds(6)
    ) async throws -> Date? {
        try await reserveStart(of: id, under: key, every: interval)
    }
}
