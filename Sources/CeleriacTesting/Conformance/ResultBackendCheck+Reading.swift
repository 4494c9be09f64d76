import CeleriacCore

extension Check where Subject == any ResultBackend {
    static var reading: [ResultBackendCheck] {
        [
            ResultBackendCheck("records read at once are those read one by one") { results, time in
                try await results.record([
                    .sample("a", .success, at: time), .sample("b", .failure, at: time),
                    .sample("c", "UPLOADING", at: time),
                    .sample("gone", .success, at: time), .sample("late", .success, at: time, expiresIn: .seconds(60)),
                ])
                try await results.forget("gone")
                await time.advance(by: .seconds(60))
                let ids: [TaskID] = ["c", "nobody", "a", "gone", "b", "late"]
                try expect(await results.records(of: ids), is: await results.oneByOne(ids), "records")
                try expect(await results.records(of: ["a"])["a"]?.state, is: .success, "state of a")
                try expect(await results.records(of: ["b"])["b"]?.failure != nil, "the failure of b is missing")
            },
            ResultBackendCheck("an id that is asked for twice has one record, and no ids have none") { results, time in
                try await results.record([.sample("a", .success, at: time)])
                let records = try await results.records(of: ["a", "nobody", "a", "nobody"])
                try expect(records["a"]?.state, is: .success, "state of a")
                try expect(records, is: await results.oneByOne(["a", "nobody"]), "records")
                try expect(await results.records(of: []).isEmpty, "there are records of no ids")
            },
            ResultBackendCheck("more records than one round trip reads come back, each under its id") { results, time in
                let ids = (0..<257).map { TaskID("call \($0)") }
                var changes = ids.map { StateChange.sample($0, .success, at: time) }
                for index in changes.indices { changes[index].result = Array("\(index)".utf8) }
                try await results.record(changes)
                let records = try await results.records(of: ids.reversed() + ["nobody"])
                for (index, id) in ids.enumerated() {
                    try expect(records[id]?.result ?? [], is: Array("\(index)".utf8), "result of \(id)")
                }
                try expect(records.filter { $0.value.state.isTerminal }.count, is: ids.count, "number of records")
            },
        ]
    }
}

extension ResultBackend {
    fileprivate func oneByOne(_ ids: [TaskID]) async throws -> [TaskID: TaskRecord] {
        var records: [TaskID: TaskRecord] = [:]
        for id in ids { records[id] = try await record(of: id) }
        return records
    }
}
