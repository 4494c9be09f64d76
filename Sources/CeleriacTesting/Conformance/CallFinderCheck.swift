public import CeleriacCore

/// A promise of every ``CallFinder`` that is broker and result backend.
public typealias CallFinderCheck = Check<any CallFinder & CompletionStore>

extension Check where Subject == any CallFinder & CompletionStore {
    public static var all: [CallFinderCheck] {
        [
            CallFinderCheck("calls are found by the beginning of their ids, wherever their messages are") { store, _ in
                try await store.bury("9c1f-dead")
                try await store.publish("9c1f-held", "9c1f-ready", "9c1-other", "other")
                try await store.consume { consumer in
                    _ = try await consumer.claim()
                    let found = try await store.ids(startingWith: "9c1f", limit: 10)
                    try expect(found, is: ["9c1f-dead", "9c1f-held", "9c1f-ready"], "found")
                }
            },
            CallFinderCheck("a call that has ended is found by the beginning of its id") { store, time in
                try await store.record([
                    .sample("9c1f-done", .success, at: time), .sample("9c1f-failed", .failure, at: time),
                    .sample("other", .success, at: time),
                ])
                let found = try await store.ids(startingWith: "9c1f-", limit: 10)
                try expect(found, is: ["9c1f-done", "9c1f-failed"], "found")
            },
            CallFinderCheck(
                "the beginning of an id is taken as it is written, and no more is found than asked for",
                needs: [.anyNames]
            ) { store, _ in
                try await store.publish("a*b", "axb", "a%b", "a?b", "A*b")
                try expect(await store.ids(startingWith: "a*", limit: 10), is: ["a*b"], "found by an asterisk")
                try expect(await store.ids(startingWith: "a%", limit: 10), is: ["a%b"], "found by a percent sign")
                try expect(await store.ids(startingWith: "a?", limit: 10), is: ["a?b"], "found by a question mark")
                try expect(await store.ids(startingWith: "nobody", limit: 10), is: [], "found by what nobody has")
                let some = try await store.ids(startingWith: "a", limit: 2)
                try expect(some.count == 2 && some.isSubset(of: ["a*b", "axb", "a%b", "a?b"]), "found: \(some)")
                try expect(await store.ids(startingWith: "a", limit: 0), is: [], "found with a limit of 0")
            },
        ]
    }
}
