public import CeleriacCore

/// A promise of every ``WorkerDirectory``.
public typealias WorkerDirectoryCheck = Check<any WorkerDirectory>

extension Check where Subject == any WorkerDirectory {
    public static var all: [WorkerDirectoryCheck] {
        [
            WorkerDirectoryCheck("without workers the list is empty") { directory, _ in
                try expect(await directory.workers(), is: [], "workers")
            },
            WorkerDirectoryCheck("a worker is listed with all that it says") { directory, time in
                let status = WorkerStatus.full("a@host", at: time)
                try await directory.beat(status)
                try expect(await directory.workers(), is: [status], "workers")
            },
            WorkerDirectoryCheck("workers are listed by name") { directory, time in
                for name in ["c@host", "a@host", "b@host"] { try await directory.beat(.full(name, at: time)) }
                try expect(await directory.workers().map(\.name), is: ["a@host", "b@host", "c@host"], "workers")
            },
            WorkerDirectoryCheck("a later heartbeat replaces the line") { directory, time in
                try await directory.beat(.full("a@host", at: time))
                await time.advance(by: .seconds(10))
                var status = WorkerStatus.full("a@host", at: time)
                status.processed = 100
                status.running = []
                try await directory.beat(status)
                try expect(await directory.workers(), is: [status], "workers")
            },
            WorkerDirectoryCheck("a worker without heartbeats is listed until its time, and not from then on") {
                directory, time in
                try await directory.beat(.full("a@host", at: time))
                await time.advance(by: .seconds(29))
                try expect(await directory.workers().count, is: 1, "workers before its time")
                await time.advance(by: .seconds(1))
                try expect(await directory.workers(), is: [], "workers at its time")
            },
            WorkerDirectoryCheck("a worker that left is listed no more") { directory, time in
                for name in ["a@host", "b@host"] { try await directory.beat(.full(name, at: time)) }
                try await directory.leave("a@host")
                try await directory.leave("nobody@host")
                try expect(await directory.workers().map(\.name), is: ["b@host"], "workers")
            },
            WorkerDirectoryCheck("a worker's words may be hostile") { directory, time in
                for text in BrokerCheck.hostileTexts {
                    let status = WorkerStatus.full(text, at: time)
                    try await directory.beat(status)
                    try expect(await directory.workers(), is: [status], "workers")
                    try await directory.leave(text)
                }
            },
        ]
    }
}

extension WorkerStatus {
    /// A status in which every field is set; it expires after 30 seconds.
    fileprivate static func full(_ name: String, at time: ManualTime) -> WorkerStatus {
        let now = time.now
        var status = WorkerStatus(
            name: name, host: "host \(name)", pid: 4711, startedAt: now.adding(.minutes(-1)), lastBeat: now,
            expires: now.adding(.seconds(30))
        )
        status.queues = ["celery", "mail"]
        status.concurrency = 8
        status.running = [
            Running(id: "id \(name)", task: "task \(name)", queue: "celery", attempt: 2, startedAt: now),
            Running(id: "reserved \(name)", task: "task \(name)", queue: "mail", attempt: 1, startedAt: nil),
        ]
        status.processed = 12
        status.failed = 3
        (status.kind, status.version) = (.swift, "1 \(name)")
        (status.cpuSeconds, status.residentBytes) = (1.5, 1 << 40)
        status.tasks = ["tests.sample", "task \(name)"]
        return status
    }
}
