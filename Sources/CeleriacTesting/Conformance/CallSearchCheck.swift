#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

/// A promise of every broker that is a ``CallSearch``.
public typealias CallSearchCheck = Check<any Broker & CallSearch>

extension Check where Subject == any Broker & CallSearch {
    public static var all: [CallSearchCheck] { places + fields + pages }

    private static var places: [CallSearchCheck] {
        [
            CallSearchCheck("an empty store has no calls to find") { broker, _ in
                let found = try await broker.calls(CallFilter(), after: nil, limit: 10, budget: .seconds(10))
                try expect(found.page.isEmpty && found.page.next == nil, "\(found.page.count) calls")
                try expect([found.examined, found.about], is: [0, 0], "examined and estimated")
            },
            CallSearchCheck("calls are found in every place: running, ready, delayed, dead", needs: [.delays]) {
                broker, time in
                try await broker.bury("dead", reason: "it broke")
                try await broker.publish("held")
                try await broker.publish([.sample("late", notBefore: time.now.adding(.hours(1)))])
                try await broker.consume { consumer in
                    _ = try await consumer.claim()
                    try await broker.publish("a")
                    try expect(await broker.find(), is: ["held", "a", "late", "dead"], "found anywhere")
                    for (stage, id) in [
                        (MessagePlace.Status.leased, "held"), (.ready, "a"), (.delayed, "late"), (.dead, "dead"),
                    ] {
                        try expect(await broker.find { $0.stages = [stage] }, is: [TaskID(id)], "found \(stage)")
                    }
                    let found = try await broker.calls(CallFilter(), after: nil, limit: 10, budget: .seconds(10))
                    try expect(found.page.last?.letter?.reason, is: "it broke", "reason")
                    try expect([found.examined, found.about], is: [4, 4], "examined and estimated")
                }
            },
            CallSearchCheck("calls are found by their queue") { broker, _ in
                try await broker.publish([.sample("1", to: "mail"), .sample("2", to: "a"), .sample("3", to: "mail")])
                try expect(await broker.find { $0.queue = "mail" }, is: ["1", "3"], "found in mail")
                try expect(await broker.find { $0.queue = "nobody" }, is: [], "found in nobody's queue")
            },
        ]
    }

    private static var fields: [CallSearchCheck] {
        [
            CallSearchCheck("calls are found by task, and by the beginning of its name") { broker, _ in
                try await broker.publish([
                    .named("1", "mail.send"), .named("2", "mail.send.all"), .named("3", "report"),
                ])
                try expect(await broker.find { $0.task = .init("mail.send") }, is: ["1"], "found by name")
                try expect(await broker.find { $0.task = .init("mail.*") }, is: ["1", "2"], "found by its beginning")
                try expect(await broker.find { $0.task = .init("*.send") }, is: [], "found by an asterisk in front")
            },
            CallSearchCheck("calls are found by the beginning of their ids") { broker, _ in
                try await broker.publish("9c1f-1", "9c1f-2", "other")
                try expect(await broker.find { $0.idPrefix = "9c1f" }, is: ["9c1f-1", "9c1f-2"], "found")
            },
            CallSearchCheck("calls are found by a text in their arguments, dead ones by their reason too") {
                broker, _ in
                try await broker.bury("dead", reason: "no route to ada@example.com")
                try await broker.publish([
                    .named("1", "mail") { _ in Array(#"[["ada@example.com"],{},{}]"#.utf8) },
                    .named("2", "mail") { _ in Array(#"[["bob@example.com"],{},{}]"#.utf8) },
                    // The sender shows other arguments than it sends.
                    .named("3", "mail") { headers in
                        headers.extra["argsrepr"] = "('***',)"
                        return Array(#"[["ada@example.com"],{},{}]"#.utf8)
                    },
                ])
                try expect(await broker.find { $0.text = "ada@" }, is: ["1", "dead"], "found by text")
                try expect(await broker.find { $0.text = "***" }, is: ["3"], "found by what is shown")
                try expect(await broker.find { $0.text = "Ada@" }, is: [], "found by other letters")
            },
            CallSearchCheck("calls are found by root, parent, group and schedule", needs: [.anyNames]) { broker, _ in
                try await broker.publish([
                    .named("1", "t") { headers in
                        (headers.rootID, headers.parentID, headers.group) = ("r", "p", "g")
                        headers.extra["x_beat"] = "nightly"
                        return Array("[[],{},{}]".utf8)
                    },
                    .named("2", "t"),
                ])
                try expect(await broker.find { $0.root = "r" }, is: ["1"], "found by root")
                try expect(await broker.find { $0.root = "2" }, is: ["2"], "found by its own id as root")
                try expect(await broker.find { $0.parent = "p" }, is: ["1"], "found by parent")
                try expect(await broker.find { $0.group = "g" }, is: ["1"], "found by group")
                try expect(await broker.find { $0.schedule = "nightly" }, is: ["1"], "found by schedule")
            },
            CallSearchCheck("calls are found by date, attempt and the type of their last error", needs: [.movableTime])
            {
                broker, time in
                let start = time.now
                try await broker.publish("1")
                await time.advance(by: .minutes(1))
                try await broker.publish([
                    .named("2", "t") { headers in
                        headers.retries = 2
                        headers.history = [FailedAttempt(attempt: 2, at: start, type: "Timeout", message: "")]
                        return Array("[[],{},{}]".utf8)
                    }
                ])
                let middle = start.adding(.seconds(30))
                try expect(await broker.find { $0.from = middle }, is: ["2"], "found from a date")
                try expect(await broker.find { $0.to = middle }, is: ["1"], "found before a date")
                try expect(await broker.find { $0.leastAttempt = 3 }, is: ["2"], "found by attempt")
                try expect(await broker.find { $0.errorType = "Timeout" }, is: ["2"], "found by error type")
            },
        ]
    }

    private static var pages: [CallSearchCheck] {
        [
            CallSearchCheck("a search goes on page by page, over queues and stages, and repeats nothing") { broker, _ in
                for id in 0..<3 { try await broker.bury(TaskID("dead-\(id)")) }
                try await broker.publish((0..<9).map { .sample(TaskID("\($0)"), to: $0 % 2 == 0 ? "a" : "b") })
                let all = try await broker.find()
                for limit in [1, 2, 5] { try expect(await broker.find(limit), is: all, "found by pages of \(limit)") }
                try expect(Set(all).count, is: 12, "calls")
            },
            CallSearchCheck("a page ends with its last match, wherever that lies among others") { broker, _ in
                try await broker.publish((0..<60).map { .named(TaskID("\($0)"), $0 % 7 == 0 ? "seventh" : "other") })
                let sevenths = stride(from: 0, to: 60, by: 7).map { TaskID("\($0)") }
                for limit in [1, 2, 4] {
                    let found = try await broker.find(limit) { $0.task = .init("seventh") }
                    try expect(found, is: sevenths, "found by pages of \(limit)")
                }
            },
            CallSearchCheck("a search without time looks at a part, says how far it came, and goes on") { broker, _ in
                try await broker.publish((0..<450).map { .sample(TaskID("\($0)"), to: $0 < 400 ? "a" : "b") })
                var filter = CallFilter()
                filter.idPrefix = "449"
                let first = try await broker.calls(filter, after: nil, limit: 10, budget: .zero)
                try expect(first.page.isEmpty && first.page.next != nil, "a search without time found all")
                try expect((1...200).contains(first.examined), "examined \(first.examined)")
                try expect(first.about, is: 450, "estimate")
                var (found, cursor, examined) = ([TaskID](), first.page.next, first.examined)
                while let next = cursor {
                    let more = try await broker.calls(filter, after: next, limit: 10, budget: .zero)
                    found += more.page.map(\.id)
                    examined += more.examined
                    cursor = more.page.next
                }
                try expect(found, is: ["449"], "found")
                try expect(examined, is: 450, "examined")
            },
            CallSearchCheck("a cursor of another search is refused") { broker, _ in
                try await broker.publish([.sample("1", to: "a"), .sample("2", to: "a"), .sample("3", to: "b")])
                let first = try await broker.calls(CallFilter(), after: nil, limit: 1, budget: .seconds(10))
                var other = CallFilter()
                other.queue = "b"
                let cursors = [first.page.next, Cursor(rawValue: "no cursor"), Cursor(rawValue: "search:ready:a::0")]
                for cursor in cursors {
                    do { _ = try await broker.calls(other, after: cursor, limit: 1, budget: .seconds(10)) } catch let
                        error as BrokerError where error.code == .refused
                    { continue }
                    throw BrokenPromise("a cursor of another search was taken", #fileID, #line)
                }
            },
        ]
    }
}

extension CallSearch {
    /// The ids of all calls that match, by pages of `limit`.
    fileprivate func find(
        _ limit: Int = 100, _ set: (inout CallFilter) -> Void = { _ in }
    ) async throws -> [TaskID] {
        var filter = CallFilter()
        set(&filter)
        var (found, cursor) = ([TaskID](), nil as Cursor?)
        repeat {
            let page = try await calls(filter, after: cursor, limit: limit, budget: .seconds(30)).page
            try expect(page.count <= limit, "\(page.count) calls on a page of \(limit)")
            found += page.map(\.id)
            cursor = page.next
        } while cursor != nil && found.count < 10_000
        return found
    }
}

extension Publication {
    /// A publication of a task to the default queue; `change` sets headers and returns the body.
    fileprivate static func named(
        _ id: TaskID, _ task: TaskName, _ change: (inout MessageHeaders) -> [UInt8] = { _ in Array("[[],{},{}]".utf8) }
    ) -> Publication {
        var headers = MessageHeaders(id: id, task: task)
        let body = change(&headers)
        return Publication(Envelope(headers: headers, body: body), to: .default)
    }
}
