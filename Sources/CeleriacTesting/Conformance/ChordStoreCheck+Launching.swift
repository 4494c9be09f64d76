import CeleriacCore

extension Check where Subject == any ChordStore & CompletionStore {
    static var claims: [ChordStoreCheck] {
        [
            ChordStoreCheck("a claimed chord is nobody else's until its claim lapses") { store, time in
                try await store.takeWhole(at: time)
                let first = try await store.claimChord()
                try expect(await store.dueChords(), is: [], "due while it is claimed")
                await time.advance(by: lease + .seconds(1))
                let second = try await store.claimChord()
                try expect(second.claim != first.claim, "both claims are \(first.claim)")
                try expect(second.parts.count, is: 2, "parts")
            },
            ChordStoreCheck("a claim takes no more than asked, and the next one takes the rest") { store, time in
                for group in ["g1", "g2", "g3"] { try await store.takeWhole(group, at: time) }
                let first = try await store.claimChords(upTo: 2, lease: lease).map(\.groupID)
                try expect(first.count, is: 2, "claimed")
                let rest = try await store.dueChords()
                try expect((first + rest).sorted(), is: ["g1", "g2", "g3"], "claimed in all")
            },
            ChordStoreCheck("of many who claim at once each chord goes to one") { store, time in
                let groups = (1...30).map { "g\($0)" }
                for group in groups { try await store.takeWhole(group, at: time) }
                let claimed = try await withThrowingTaskGroup(of: [String].self) { tasks in
                    for _ in 1...12 {
                        tasks.addTask { try await store.claimChords(upTo: 5, lease: lease).map(\.groupID) }
                    }
                    return try await tasks.reduce(into: []) { $0 += $1 }
                }
                try expect(claimed.sorted(), is: groups.sorted(), "claimed")
            },
        ]
    }

    static var launches: [ChordStoreCheck] {
        [
            ChordStoreCheck("a launch publishes and records what follows, and takes its steps") { store, time in
                try await store.takeWhole(at: time)
                let claim = try await store.claimChord().claim
                let launch = ChordLaunch(
                    groupID: "g", claim: claim, publications: [.sample("body")],
                    changes: [.sample("never", .failure, at: time)],
                    steps: [.opening("next", of: 1, at: time), .sample("x", in: "next", at: time)])
                try expect(await store.launch(launch), is: true, "launched")
                try expect(await store.record(of: "never")?.state, is: .failure, "state")
                try expect(await store.dueChords(), is: ["next"], "due")
                try expect(await store.drain(), is: ["body"], "claimed")
                try expect(await store.progress(ofChord: "g")?.isLaunched, is: true, "is launched")
            },
            ChordStoreCheck("a chord is launched once") { store, time in
                try await store.takeWhole(at: time)
                let launch = ChordLaunch(
                    groupID: "g", claim: try await store.claimChord().claim, publications: [.sample("body")])
                try expect(await store.launch(launch), is: true, "launched")
                try expect(await store.drain(), is: ["body"], "claimed")
                try expect(await store.launch(launch), is: false, "launched again")
                await time.advance(by: lease + .seconds(1))
                try expect(await store.dueChords(), is: [], "due")
                try expect(await store.drain(), is: [], "claimed afterwards")
            },
            ChordStoreCheck("a launch under a claim that somebody took over does nothing at all") { store, time in
                try await store.takeWhole(at: time)
                let slow = try await store.claimChord().claim
                await time.advance(by: lease + .seconds(1))
                let quick = try await store.claimChord().claim
                let late = ChordLaunch(
                    groupID: "g", claim: slow, publications: [.sample("late")],
                    changes: [.sample("never", .failure, at: time)], steps: [.opening("next", of: 1, at: time)])
                try expect(await store.launch(late), is: false, "launched late")
                try expect(await store.record(of: "never")?.state != .failure, "the late launch was recorded")
                try expect(await store.progress(ofChord: "next"), is: nil, "progress of what it would have opened")
                let launch = ChordLaunch(groupID: "g", claim: quick, publications: [.sample("body")])
                try expect(await store.launch(launch), is: true, "launched")
                try expect(await store.drain(), is: ["body"], "claimed")
            },
            ChordStoreCheck("nothing that comes late makes a launched chord due again") { store, time in
                try await store.takeWhole(at: time)
                let claim = try await store.claimChord().claim
                _ = try await store.launch(ChordLaunch(groupID: "g", claim: claim))
                try await store.take([.sample("a", at: time), .opening(of: 2, at: time), .sample("z", at: time)])
                try await store.take([.sample("b", at: time), .extend(groupID: "g", count: 1, by: "x")])
                await time.advance(by: lease + .seconds(1))
                try expect(await store.dueChords(), is: [], "due")
            },
        ]
    }

    static var settlements: [ChordStoreCheck] {
        [
            ChordStoreCheck("a completion reports parts, opens chords and records what fails, with all the rest") {
                store, time in
                try await store.take([.opening(of: 1, at: time)])
                try await store.publish("a")
                try await store.consume { consumer in
                    var completion = Completion(
                        receipt: try await consumer.claim().receipt, settlement: .ack,
                        change: .sample("a", .success, at: time), continuation: [.sample("next")])
                    completion.failed = [.sample("never", .failure, at: time)]
                    completion.chordSteps = [.opening("other", of: 2, at: time), .sample("a", at: time)]
                    try expect(await store.complete([completion]), is: [], "receipts lost")
                    try expect(await store.complete([completion]), is: [completion.receipt], "receipts lost")
                }
                try expect(await store.record(of: "a")?.state, is: .success, "state of a")
                try expect(await store.record(of: "never")?.state, is: .failure, "state of what fails")
                try expect(await store.progress(ofChord: "other")?.size, is: 2, "size of the other")
                try expect(await store.dueChords(), is: ["g"], "due")
                try expect(await store.drain(), is: ["next"], "claimed")
            },
            ChordStoreCheck("of a completion under a lost lease no part counts, and nothing fails") { store, time in
                try await store.take([.opening(of: 1, at: time)])
                try await store.publish("a")
                try await store.consume { slow in
                    let old = try await slow.claim()
                    await time.advance(by: lease)
                    try await store.consume { quick in
                        let new = try await quick.claim()
                        var late = Completion(receipt: old.receipt, settlement: .ack)
                        late.failed = [.sample("never", .failure, at: time)]
                        late.chordSteps = [.opening("other", of: 2, at: time), .sample("a", at: time)]
                        try expect(await store.complete([late]), is: [old.receipt], "receipts lost")
                        _ = try await quick.settle(new, .ack)
                    }
                }
                try expect(await store.record(of: "never")?.state != .failure, "the late failure was recorded")
                try expect(await store.progress(ofChord: "other"), is: nil, "progress of the other")
                try expect(await store.progress(ofChord: "g")?.arrived, is: 0, "parts")
            },
            ChordStoreCheck("parts of many completions in one go make their chords due") { store, time in
                let ids = (0..<20).map { TaskID("t\($0)") }
                try await store.take((0..<4).map { .opening("g\($0)", of: 5, at: time) })
                try await store.publish(ids.map { .sample($0) })
                try await store.consume { consumer in
                    let completions = try await consumer.peers().enumerated().map { place, delivery in
                        var completion = Completion(
                            receipt: delivery.receipt, settlement: .ack,
                            change: .sample(delivery.id, .success, at: time))
                        completion.chordSteps = [.sample(delivery.id, in: "g\(place % 4)", at: time)]
                        return completion
                    }
                    try expect(await store.complete(completions), is: [], "receipts lost")
                }
                try expect(await store.dueChords().sorted(), is: ["g0", "g1", "g2", "g3"], "due")
            },
        ]
    }
}
