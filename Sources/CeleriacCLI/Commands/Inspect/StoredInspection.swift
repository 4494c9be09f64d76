import Celeriac
import CeleriacCore

/// `inspect`, answered by the broker: from what workers last recorded of themselves, and from the messages in the
/// queues.
struct StoredInspection {
    let command: InspectCommand
    let app: TaskApp
    let terminal: Terminal

    func show() async throws {
        switch command.topic {
        case .reserved: try await showMessages(.leased)
        case .scheduled: try await showMessages(.delayed)
        default: try await showWorkers()
        }
    }

    private func showWorkers() async throws {
        let workers = try await selected()
        if command.output.json {
            terminal.show(.array(workers, JSONValue.worker))
        } else {
            show(workers)
        }
        if command.topic == .ping && workers.isEmpty { throw CommandFailure(.notFound, "no worker answers") }
    }

    private func selected() async throws -> [WorkerStatus] {
        let workers = try await app.backend.require(.directory).workers()
        guard let worker = command.worker else { return workers }
        let selected = workers.filter { $0.name.hasPrefix(worker) }
        guard selected.isEmpty else { return selected }
        let names = workers.isEmpty ? "none" : workers.map(\.name).joined(separator: ", ")
        throw CommandFailure(.notFound, "no worker's name starts with \"\(worker)\"; live workers: \(names)")
    }

    private func show(_ workers: [WorkerStatus]) {
        let table = InspectTables(workers: workers, time: app.time)
        switch command.topic {
        case .ping:
            for worker in workers {
                terminal.print("\(worker.name): alive, heard \(app.time.age(of: worker.lastBeat)) ago".onOneLine)
            }
        case .active: terminal.show(table.active, else: workers.isEmpty ? "no workers" : "no task runs")
        case .registered: terminal.show(table.registered, else: "no workers")
        case .stats: terminal.show(table.stats, else: "no workers")
        default: terminal.show(table.overview, else: "no workers")
        }
    }

    private func showMessages(_ status: MessagePlace.Status) async throws {
        let inspector = try app.backend.require(.inspector)
        var messages: [QueuedMessage] = []
        for queue in try await app.knownQueues() {
            messages += try await inspector.messages(in: queue, status, after: nil, limit: command.limit)
        }
        if command.output.json {
            terminal.show(.array(messages, JSONValue.message))
        } else {
            terminal.show(InspectTables.messages(messages, app.time), else: "none")
        }
    }
}
