import Logging

/// Commands that change which queues a worker serves.
extension ControlPanel {
    static let consuming: [Command] = [
        Command(
            .controls,
            ControlSignature(
                "add_consumer", required: ["queue"], optional: ["exchange", "exchange_type", "routing_key"])
        ) { arguments, worker in
            let queue = try queue(arguments)
            try worker.app.router.check(queue)
            try await bind(queue, arguments, worker)
            worker.queues.add(queue)
            worker.reclaim()
            worker.log("queue added by remote control", ["queue": "\(queue)"])
            return .ok("add consumer \(queue)")
        },
        Command(.controls, ControlSignature("cancel_consumer", required: ["queue"])) { arguments, worker in
            let queue = try queue(arguments)
            worker.queues.remove(queue)
            worker.reclaim()
            worker.log("queue cancelled by remote control", ["queue": "\(queue)"])
            return .ok("no longer consuming from \(queue)")
        },
    ]

    private static func queue(_ arguments: ControlArguments) throws -> QueueName {
        try QueueName(arguments.requiredText("queue"))
    }

    /// Binds the queue to the named exchange, unless that is the queue's own: a queue is always reached by its name.
    private static func bind(
        _ queue: QueueName, _ arguments: ControlArguments, _ worker: ControlledWorker
    ) async throws {
        let name = try arguments.text("exchange") ?? queue.rawValue
        let key = try arguments.text("routing_key") ?? queue.rawValue
        let type = try arguments.text("exchange_type") ?? Exchange.Kind.direct.rawValue
        guard let kind = Exchange.Kind(rawValue: type) else {
            throw ControlRefusal.value("there is no exchange type \(type.prefix(60))")
        }
        guard kind != .headers else {
            throw ControlRefusal.value(
                "the command cannot say which headers the queue takes: declare the exchange in the topology of the app")
        }
        guard kind != .direct || name != queue.rawValue || key != queue.rawValue else { return }
        let broker = try worker.app.backend.require(.exchanges)
        _ = try QueueName(name)
        try await broker.declare(Topology([Exchange(name, kind, bindings: [Exchange.Binding(queue, key: key)])]))
    }
}
