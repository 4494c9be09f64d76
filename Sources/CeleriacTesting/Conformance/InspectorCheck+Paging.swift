import CeleriacCore

extension Check where Subject == any Broker & Inspector {
    static var paging: [InspectorCheck] {
        [
            InspectorCheck("messages are listed page by page", needs: [.order]) { broker, _ in
                try await broker.publish((0..<7).map { .sample(TaskID("\($0)")) })
                let first = try await broker.messages(in: .default, .ready, after: nil, limit: 3)
                try expect(first.map(\.id), is: ["0", "1", "2"], "first page")
                let second = try await broker.messages(in: .default, .ready, after: first.next, limit: 3)
                try expect(second.map(\.id), is: ["3", "4", "5"], "second page")
                let third = try await broker.messages(in: .default, .ready, after: second.next, limit: 3)
                try expect(third.map(\.id), is: ["6"], "third page")
                try expect(third.next == nil, "the list goes on behind its end")
                for limit in [0, -1, .min] {
                    let page = try await broker.messages(in: .default, .ready, after: first.next, limit: limit)
                    try expect(page.map(\.id), is: [], "page of a limit of \(limit)")
                    try expect(page.next, is: first.next, "where a page of a limit of \(limit) ends")
                }
                try expect(await broker.walk(.ready, by: 1), is: (0..<7).map { TaskID("\($0)") }, "by one")
                try expect(await broker.walk(.ready, by: 7), is: (0..<7).map { TaskID("\($0)") }, "by seven")
                try expect(await broker.walk(.ready, in: "nobody", by: 3), is: [], "of an unknown queue")
            },
            InspectorCheck(
                "pages follow the order of claims over all priorities", needs: [.order, .priorities, .front]
            ) {
                broker, _ in
                for number in 0..<12 {
                    let priority = CallPriority(clamping: [9, 0, 4, 6][number % 4])
                    let id = TaskID("\(number)")
                    try await broker.publish([.sample(id, priority: priority, atFront: number.isMultiple(of: 3))])
                }
                let whole = try await broker.ids(.ready)
                for limit in 1...5 {
                    try expect(await broker.walk(.ready, by: limit), is: whole, "pages of \(limit)")
                }
                try expect(await broker.drain(), is: whole, "claimed")
            },
            InspectorCheck("pages of ready messages lose none and repeat none while others come and go") {
                broker, _ in
                try await broker.publish((0..<30).map { .sample(TaskID("\($0)")) })
                var claimed: Set<TaskID> = []
                let listed = try await broker.consume { consumer in
                    try await broker.walk(.ready, by: 4) { number in
                        try await broker.publish([.sample(TaskID("new-\(number)"))])
                        let settlements: [Settlement] = [.ack, .release(), .ack]
                        let deliveries = try await consumer.peers(settlements.count)
                        claimed.formUnion(deliveries.map(\.id))
                        for (delivery, settlement) in zip(deliveries, settlements) {
                            _ = try await consumer.settle(delivery, settlement)
                        }
                    }
                }
                let stayed = (0..<30).map { TaskID("\($0)") }.filter { !claimed.contains($0) }
                try expect(listed.filter(stayed.contains), is: stayed, "listed of those that stayed")
            },
            InspectorCheck(
                "pages lose none and repeat none of the ready messages that stay, on random walks",
                needs: [.delays, .front, .movableTime]
            ) { broker, time in
                for seed in UInt64(1)...5 {
                    var walk = try PageWalk(broker, time, seed: seed)
                    try await walk.run()
                }
            },
            InspectorCheck(
                "pages of delayed messages lose none and repeat none while others come and become due",
                needs: [.delays, .movableTime]
            ) { broker, time in
                // Each due time is shared by three messages.
                let start = time.now
                func due(_ number: Int) -> Publication {
                    .sample(TaskID("\(number)"), notBefore: start.adding(.seconds(10 * (number / 3 + 1))))
                }
                try await broker.publish((0..<30).map(due))
                let listed = try await broker.walk(.delayed, by: 4) { number in
                    guard number <= 3 else { return }
                    for (name, publication) in [("early", due(number)), ("late", due(90 + number))] {
                        var other = publication
                        other.envelope = .sample(TaskID("\(name)-\(number)"))
                        try await broker.publish([other])
                    }
                    _ = try await broker.remove(TaskID("\(29 - number)"))
                    await time.advance(by: .seconds(10))
                }
                // Messages that are due at the same time come in the order of the store.
                let stayed = Set((9..<26).map { TaskID("\($0)") } + ["29"])
                try expect(Set(listed).intersection(stayed), is: stayed, "listed of those that stayed")
                try expect(Set(listed).count, is: listed.count, "messages listed")
            },
            InspectorCheck(
                "pages of leased messages lose none and repeat none while leases are renewed",
                needs: [.leases, .movableTime]
            ) { broker, time in
                try await broker.publish((0..<14).map { .sample(TaskID("\($0)")) })
                try await broker.consume { consumer in
                    var held = try await consumer.peers(12)
                    let listed = try await broker.walk(.leased, by: 3) { number in
                        await time.advance(by: .seconds(10))
                        _ = try await consumer.settle(held.removeLast(), .ack)
                        if number == 1 { held += try await consumer.peers(1) }
                        _ = try await consumer.extendLeases(held.shuffled().map(\.receipt), by: lease)
                    }
                    for delivery in held where Int(delivery.id.rawValue).map({ $0 < 12 }) ?? false {
                        let count = listed.count { $0 == delivery.id }
                        try expect(count, is: 1, "times that \(delivery.id) was listed")
                    }
                    try expect(Set(listed).count, is: listed.count, "messages listed")
                }
            },
            InspectorCheck("pages of dead messages lose none and repeat none while others come and go") {
                broker, time in
                for number in 0..<9 {
                    try await broker.bury(TaskID("\(number)"))
                    await time.advance(by: .seconds(1))
                }
                let listed = try await broker.walk(.dead, by: 2) { number in
                    try await broker.bury(TaskID("new-\(number)"))
                    if let letters = broker as? any DeadLetterStore {
                        _ = try await letters.deleteDeadLetters([TaskID("\(number)")])
                    }
                }
                try expect(
                    listed.filter { ["8", "7", "6", "5", "0"].contains($0) }, is: ["8", "7", "6", "5", "0"], "listed")
                try expect(Set(listed).count, is: listed.count, "messages listed")
            },
            InspectorCheck("a cursor of another list, and an invented one, are refused with what to do") {
                broker, time in
                let later = time.now.adding(.hours(1))
                for queue in [.default, "mail"] as [QueueName] {
                    try await broker.publish((0..<4).map { .sample(TaskID("\(queue)-\($0)"), to: queue) })
                    try await broker.publish(
                        (4..<8).map { .sample(TaskID("\(queue)-\($0)"), to: queue, notBefore: later) })
                }
                var foreign = ["no cursor", "", "1", ":", "1:2:3", "-9223372036854775808:nan:%%%"]
                for status in [MessagePlace.Status.ready, .delayed] {
                    let own = try await broker.messages(in: .default, status, after: nil, limit: 2).next
                    let text = try require(own, "a cursor of \(status) messages").rawValue
                    let next = try await broker.messages(in: .default, status, after: own, limit: 2)
                    try expect(next.count, is: 2, "messages behind a cursor of \(status)")
                    foreign += [String(text.dropLast()), "1" + text, text + ":", text.uppercased()]
                    let other: MessagePlace.Status = status == .ready ? .delayed : .ready
                    for stage in [other, .leased, .dead] { try await broker.refuses(text, in: .default, stage) }
                    try await broker.refuses(text, in: "mail", status)
                }
                for text in foreign {
                    for status in MessagePlace.Status.allCases {
                        try await broker.refuses(text, in: .default, status)
                    }
                }
            },
            InspectorCheck("a cursor with any numbers in it is refused, or read as a position") { broker, time in
                let later = time.now.adding(.hours(1))
                try await broker.publish((0..<4).map { .sample(TaskID("\($0)")) })
                try await broker.publish((4..<8).map { .sample(TaskID("\($0)"), notBefore: later) })
                for status in [MessagePlace.Status.ready, .delayed] {
                    let page = try await broker.messages(in: .default, status, after: nil, limit: 2)
                    try await broker.withstandsForgeries(
                        of: require(page.next, "a cursor of \(status) messages"), of: status)
                }
            },
            InspectorCheck("a page is bounded, however large the limit") { broker, _ in
                let most = Page<QueuedMessage>.mostItems
                for start in stride(from: 0, to: most, by: 1_000) {
                    try await broker.publish((start..<start + 1_000).map { .sample(TaskID("\($0)")) })
                }
                try await broker.publish("last")
                let page = try await broker.messages(in: .default, .ready, after: nil, limit: .max)
                try expect(page.count, is: most, "messages of the largest page")
                let rest = try await broker.messages(in: .default, .ready, after: page.next, limit: .max)
                try expect(rest.count, is: 1, "messages of the next page")
            },
        ]
    }
}

extension Inspector {
    /// Lists all messages of a stage, page by page.
    ///
    /// - Parameter between: runs between two pages, with the number of those listed so far.
    func walk(
        _ status: MessagePlace.Status, in queue: QueueName = .default, by limit: Int,
        between: (Int) async throws -> Void = { _ in }
    ) async throws -> [TaskID] {
        var ids: [TaskID] = []
        var cursor: Cursor?
        var pages = 0
        repeat {
            let page = try await messages(in: queue, status, after: cursor, limit: limit)
            try expect(page.count <= limit, "\(page.count) messages on a page of \(limit)")
            ids += page.map(\.id)
            (cursor, pages) = (page.next, pages + 1)
            try expect(pages < 1_000, "the list has no end")
            if cursor != nil { try await between(pages) }
        } while cursor != nil
        return ids
    }

    /// - Throws: ``BrokenPromise`` unless the list refuses this cursor by an error that says what to do.
    fileprivate func refuses(_ text: String, in queue: QueueName, _ status: MessagePlace.Status) async throws {
        do {
            _ = try await messages(in: queue, status, after: Cursor(rawValue: text), limit: 2)
        } catch let error as BrokerError where error.code == .refused && error.message.contains("begin again without") {
            return
        }
        throw BrokenPromise("\(status) messages of \(queue) were listed after \"\(text)\"", #fileID, #line)
    }

    /// Puts numbers at which arithmetic breaks into each part of a cursor. A store with cursors of another form passes.
    fileprivate func withstandsForgeries(of cursor: Cursor, of status: MessagePlace.Status) async throws {
        let store = String(cursor.rawValue.prefix { $0 != ":" })
        let list = MessageList(store, .default, status)
        guard let key = try? list.key(of: cursor) else { return }
        for part in key.indices {
            for text in EdgeNumbers.texts + ["%", "x:y", String(repeating: "9", count: 400)] {
                var forged = key
                forged[part] = text
                do {
                    let page = try await messages(in: .default, status, after: list.cursor(forged), limit: 3)
                    try expect(page.count <= 3, "\(page.count) messages on a page of 3")
                } catch let error as BrokerError where error.code == .refused {
                    continue
                }
            }
        }
    }
}
