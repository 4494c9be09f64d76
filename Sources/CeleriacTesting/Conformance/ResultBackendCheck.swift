public import CeleriacCore

/// A promise of every ``ResultBackend``, whether or not it is also the broker.
public typealias ResultBackendCheck = Check<any ResultBackend>

extension Check where Subject == any ResultBackend {
    public static var all: [ResultBackendCheck] { recording + reading + watching }

    static var recording: [ResultBackendCheck] {
        [
            ResultBackendCheck("of a call that nobody has heard of nothing is known") { results, _ in
                try await results.expectNothing(of: "nobody")
            },
            ResultBackendCheck("a record comes back as it went, with all that it has") { results, time in
                for text in BrokerCheck.hostileTexts {
                    let change = StateChange.full(TaskID("id \(text)"), text, at: time)
                    try await results.record([change])
                    try expect(await results.record(of: change.id), is: change.record, "record")
                }
            },
            ResultBackendCheck("a large result comes back byte for byte") { results, time in
                var change = StateChange.sample("a", .success, at: time)
                change.result = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await results.record([change])
                try expect(await results.record(of: "a")?.result == change.result, "the result changed")
            },
            ResultBackendCheck("a later state replaces an earlier one only if that yields to it") { results, time in
                let states: [TaskState] = [
                    .pending, .received, .started, "UPLOADING", .retry, .rejected, .success, .failure, .revoked,
                ]
                for first in states {
                    for second in states {
                        let id = TaskID("\(first) then \(second)")
                        let changes = [first, second].map { StateChange.sample(id, $0, at: time) }
                        try await results.record([changes[0]])
                        try await results.record([changes[1]])
                        let expected = first.yields(to: second) ? changes[1] : changes[0]
                        try expect(await results.record(of: id), is: expected.record, "\(id)")
                    }
                }
            },
            ResultBackendCheck("changes recorded at once count in their order") { results, time in
                try await results.record(
                    [.started, .retry, .started, .success, .failure].map { .sample("a", $0, at: time) }
                        + [.started, "UPLOADING"].map { .sample("b", $0, at: time) }
                )
                try expect(await results.record(of: "a")?.state, is: .success, "state of a")
                try expect(await results.record(of: "b")?.state, is: "UPLOADING", "state of b")
            },
            ResultBackendCheck("a record is there until its time, and not from then on") { results, time in
                try await results.record([.sample("a", .success, at: time, expiresIn: .hours(24))])
                await time.advance(by: .hours(24) - .seconds(1))
                try expect(await results.record(of: "a")?.state, is: .success, "state before its time")
                await time.advance(by: .seconds(1))
                try await results.expectNothing(of: "a")
            },
            ResultBackendCheck("a record without expiry stays") { results, time in
                try await results.record([.sample("a", .success, at: time)])
                await time.advance(by: .days(3650))
                try expect(await results.record(of: "a")?.state, is: .success, "state")
            },
            ResultBackendCheck("a later record sets a new expiry") { results, time in
                try await results.record([.sample("a", .started, at: time, expiresIn: .seconds(60))])
                try await results.record([.sample("a", .success, at: time, expiresIn: .hours(1))])
                await time.advance(by: .minutes(30))
                try expect(await results.record(of: "a")?.state, is: .success, "state")
                await time.advance(by: .minutes(30))
                try await results.expectNothing(of: "a")
            },
            ResultBackendCheck("what has expired keeps out no later record") { results, time in
                try await results.record([.sample("a", .success, at: time, expiresIn: .seconds(60))])
                await time.advance(by: .seconds(60))
                try await results.record([.sample("a", .started, at: time)])
                try expect(await results.record(of: "a")?.state, is: .started, "state")
            },
            ResultBackendCheck("what was forgotten is unknown") { results, time in
                try await results.record([.sample("a", .success, at: time), .sample("b", .success, at: time)])
                try await results.forget("a")
                try await results.forget("nobody")
                try await results.expectNothing(of: "a")
                try expect(await results.record(of: "b")?.state, is: .success, "state of b")
            },
        ]
    }
}

extension ResultBackend {
    /// - Throws: ``BrokenPromise`` if the call has a record. On Celery's wire, a record with nothing but PENDING counts
    ///   as none.
    func expectNothing(of id: TaskID, file: String = #fileID, line: Int = #line) async throws {
        let record = try await record(of: id)
        let isNothing = record == nil || record == TaskRecord(id: id, state: .pending)
        try expect(isNothing, "of \(id) something is known: \(String(describing: record))", file: file, line: line)
    }
}

extension StateChange {
    /// A change in which every field is set, to `text` where possible.
    fileprivate static func full(_ id: TaskID, _ text: String, at time: ManualTime) -> StateChange {
        var change = StateChange.sample(id, TaskState(text), attempt: 3, at: time, expiresIn: .hours(1))
        let failed = FailedAttempt(attempt: 1, at: time.now, type: text, message: text)
        change.failure = TaskFailure(type: text, module: text, message: text, traceback: text, history: [failed])
        change.result = Array(text.utf8)
        change.meta = [0, 0xFF] + Array(text.utf8)
        change.task = TaskName(text)
        change.queue = "celery"
        change.worker = text
        change.startedAt = time.now.adding(.seconds(-2))
        change.parentID = TaskID(text)
        change.children = [ResultNode(TaskID(text)), ResultNode("group", members: [ResultNode("a"), ResultNode("b")])]
        return change
    }
}
