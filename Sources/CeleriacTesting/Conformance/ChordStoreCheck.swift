#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

/// A promise of every ``ChordStore`` that is also the broker.
public typealias ChordStoreCheck = Check<any ChordStore & CompletionStore>

extension Check where Subject == any ChordStore & CompletionStore {
    public static var all: [ChordStoreCheck] { counting + claims + launches + settlements }

    private static var counting: [ChordStoreCheck] {
        [
            ChordStoreCheck("a chord is due with its last part, and not before") { store, time in
                try await store.take([.opening(of: 3, at: time)])
                for id in ["a", "c"] as [TaskID] { try await store.take([.sample(id, at: time)]) }
                try expect(await store.dueChords(), is: [], "due")
                let open = ChordProgress(size: 3, arrived: 2, isLaunched: false)
                try expect(await store.progress(ofChord: "g"), is: open, "progress")
                try await store.take([.sample("b", at: time)])
                let chord = try await store.claimChord()
                try expect(chord.size, is: 3, "size")
                try expect(chord.parts.map(\.id).sorted { $0.rawValue < $1.rawValue }, is: ["a", "b", "c"], "parts")
                try expect(chord.lastID, is: "b", "the last part")
            },
            ChordStoreCheck("a claimed chord tells its body, its root and each part as it was reported") {
                store, time in
                let failure = TaskFailure(type: "ValueError", module: "builtins", message: "not 'this' \\ but \"that\"")
                try await store.take([
                    .opening(of: 4, at: time),
                    .sample(
                        "a", index: 0, .success(Array(#"{"z":[1,2.50,"ü",[]],"big":12345678901234567890}"#.utf8)),
                        at: time),
                    .sample("b", index: 1, .failure(failure), at: time),
                    .sample(
                        "c", index: nil, .revoked(TaskFailure(type: "TaskRevokedError", message: "terminated")),
                        at: time),
                    .sample("d", index: 1, at: time),
                ])
                let chord = try await store.claimChord()
                try expect(String(decoding: chord.body, as: UTF8.self), is: ChordStep.body, "body")
                try expect(chord.rootID, is: "root", "root")
                let parts = Dictionary(uniqueKeysWithValues: chord.parts.map { ($0.id, $0) })
                let text = Array(#"{"z":[1,2.50,"ü",[]],"big":12345678901234567890}"#.utf8)
                try expect(parts["a"]?.result, is: .success(text), "result of a")
                try expect(parts["b"]?.result.failure?.message, is: failure.message, "failure of b")
                try expect(parts["b"]?.result.failure?.type, is: "ValueError", "failure of b")
                try expect(parts["b"]?.index, is: 1, "place of b")
                try expect(parts["c"]?.result.failure?.type, is: "TaskRevokedError", "failure of c")
                try expect(parts["c"]?.index, is: nil, "place of c")
                try expect(parts["d"]?.index, is: 1, "place of d")
            },
            ChordStoreCheck("a part that is reported twice counts once, and the first report stands") { store, time in
                try await store.take([.opening(of: 2, at: time), .sample("a", at: time)])
                try await store.take([.sample("a", .success(Array("99".utf8)), at: time)])
                try expect(await store.dueChords(), is: [], "due")
                try await store.take([.sample("b", at: time)])
                let parts = try await store.claimChord().parts
                try expect(parts.first { $0.id == "a" }?.result, is: .success(Array("7".utf8)), "result of a")
            },
            ChordStoreCheck("parts of one place all count") { store, time in
                try await store.take([.opening(of: 2, at: time)])
                try await store.take([.sample("a", index: 0, at: time), .sample("b", index: 0, at: time)])
                try expect(await store.claimChord().parts.count, is: 2, "parts")
            },
            ChordStoreCheck("a part that comes before the opening counts") { store, time in
                try await store.take([.sample("a", at: time)])
                try expect(await store.progress(ofChord: "g")?.size, is: nil, "size")
                try expect(await store.dueChords(), is: [], "due")
                try await store.take([.opening(of: 1, at: time)])
                try expect(await store.claimChord().parts.map(\.id), is: ["a"], "parts")
            },
            ChordStoreCheck("a chord that is opened again stays as it is") { store, time in
                try await store.take([.opening(of: 2, at: time), .sample("a", at: time)])
                try await store.take([.opening(of: 9, at: time)])
                let open = ChordProgress(size: 2, arrived: 1, isLaunched: false)
                try expect(await store.progress(ofChord: "g"), is: open, "progress")
            },
            ChordStoreCheck("an extended chord waits for more, once for each who asks") { store, time in
                try await store.take([.opening(of: 1, at: time)])
                for _ in 1...2 { try await store.take([.extend(groupID: "g", count: 1, by: "x")]) }
                try await store.take([.extend(groupID: "g", count: 2, by: "y"), .sample("a", at: time)])
                try await store.take([.sample("b", at: time), .sample("c", at: time)])
                try expect(await store.dueChords(), is: [], "due")
                try await store.take([.sample("d", at: time)])
                try expect(await store.claimChord().size, is: 4, "size")
            },
            ChordStoreCheck("chords are counted apart from each other") { store, time in
                let groups = (1...20).map { "g\($0)" }
                try await store.take(groups.map { .opening($0, of: 2, at: time) })
                try await store.take(groups.map { .sample("a", in: $0, at: time) })
                try await store.take(groups.prefix(7).map { .sample("b", in: $0, at: time) })
                try expect(await store.dueChords().sorted(), is: groups.prefix(7).sorted(), "due")
            },
            ChordStoreCheck("a nested header is kept") { store, time in
                let header = CanvasResult(
                    "g",
                    members: [
                        CanvasResult("a"),
                        CanvasResult("inner", members: [CanvasResult("b")], parents: [CanvasResult("before")]),
                    ])
                try await store.take([.opening(of: 2, header: header, at: time)])
                try await store.take([.sample("a", index: 0, at: time), .sample("b", index: 0, at: time)])
                try expect(await store.claimChord().header?.leaves, is: ["a", "b"], "leaves")
                try expect(await store.dueChords(), is: [], "due")
            },
            ChordStoreCheck("of a chord that nobody opened nothing is known") { store, _ in
                try expect(await store.progress(ofChord: "g"), is: nil, "progress")
                try expect(await store.dueChords(), is: [], "due")
            },
            ChordStoreCheck("a chord whose time is over is forgotten") { store, time in
                try await store.take([.opening(of: 2, at: time), .sample("a", at: time)])
                await time.advance(by: .hours(25))
                try expect(await store.progress(ofChord: "g"), is: nil, "progress")
                try await store.take([.sample("b", at: time)])
                try expect(await store.dueChords(), is: [], "due")
            },
        ]
    }
}
