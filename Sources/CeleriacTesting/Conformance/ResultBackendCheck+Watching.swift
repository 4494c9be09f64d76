import CeleriacCore

extension Check where Subject == any ResultBackend {
    static var watching: [ResultBackendCheck] {
        [
            ResultBackendCheck("who has seen less than is recorded need not wait") { results, time in
                try await results.record([.sample("a", .started, at: time)])
                let first = try await results.nextRecord(of: "a", after: nil)
                try expect(first?.state, is: .started, "state")
                try await results.record([.sample("a", .success, at: time)])
                try expect(await results.nextRecord(of: "a", after: first)?.state, is: .success, "next state")
            },
            ResultBackendCheck("who waits for a change wakes at it") { results, time in
                try await results.record([.sample("a", .started, at: time)])
                let seen = try await results.record(of: "a")
                async let next = results.nextRecord(of: "a", after: seen)
                await time.settle()
                try await results.record([.sample("b", .success, at: time)])
                try await results.record([.sample("a", .success, at: time)])
                try expect(await next?.state, is: .success, "next state")
            },
            ResultBackendCheck("who waits for a call that is not known yet wakes at its first record") {
                results, time in
                async let next = results.nextRecord(of: "a", after: nil)
                await time.settle()
                try await results.record([.sample("a", .success, at: time)])
                try expect(await next?.state, is: .success, "next state")
            },
            ResultBackendCheck("each of many who wait for one call wakes") { results, time in
                let states = try await withThrowingTaskGroup(of: TaskState?.self) { group in
                    for _ in 0..<10 { group.addTask { try await results.nextRecord(of: "a", after: nil)?.state } }
                    await time.settle()
                    try await results.record([.sample("a", .success, at: time)])
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                try expect(states, is: Array(repeating: .success, count: 10), "states")
            },
            ResultBackendCheck("who waits sees that a call was forgotten") { results, time in
                try await results.record([.sample("a", .success, at: time)])
                let seen = try await results.record(of: "a")
                async let next = results.nextRecord(of: "a", after: seen)
                await time.settle()
                try await results.forget("a")
                try expect(await next != seen, "nothing changed")
                try await results.expectNothing(of: "a")
            },
            ResultBackendCheck("progress within one state is a change") { results, time in
                var change = StateChange.sample("a", .progress, at: time)
                change.meta = Array(#"{"done":1}"#.utf8)
                try await results.record([change])
                let seen = try await results.record(of: "a")
                change.meta = Array(#"{"done":2}"#.utf8)
                async let next = results.nextRecord(of: "a", after: seen)
                await time.settle()
                try await results.record([change])
                try expect(await next?.meta, is: change.meta, "meta")
            },
            ResultBackendCheck("a change that does not count wakes nobody for nothing") { results, time in
                try await results.record([.sample("a", .failure, at: time)])
                let seen = try await results.record(of: "a")
                async let next = results.nextRecord(of: "a", after: seen)
                await time.settle()
                try await results.record([.sample("a", .started, at: time), .sample("a", .revoked, at: time)])
                await time.settle()
                try await results.record([.sample("a", .success, at: time)])
                try expect(await next?.state, is: .success, "next state")
            },
            ResultBackendCheck("who waits for a record can be cancelled") { results, time in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await expectCancelled { _ = try await results.nextRecord(of: "a", after: nil) }
                    }
                    await time.settle()
                    group.cancelAll()
                    try await group.waitForAll()
                }
            },
        ]
    }
}
