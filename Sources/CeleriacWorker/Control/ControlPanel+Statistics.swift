import CChildProcess
import CeleriacPool
import Foundation

/// Commands that report numbers: `stats`, and the queues that the worker serves.
extension ControlPanel {
    static let statistics: [Command] = [
        Command(.inspects, ControlSignature("stats")) { _, worker in .reply(.object(stats(of: worker))) },
        Command(.inspects, ControlSignature("active_queues", isOpen: false)) { _, worker in
            .reply(.array(worker.queues.names.map { queue($0, worker.app.options.topology) }))
        },
    ]

    private static func stats(of worker: ControlledWorker) -> JSONObject {
        let capacity = JSONValue.integer(Int64(worker.slots.capacity))
        let totals = worker.settler.totals.map { (JSONKey($0.key.rawValue), JSONValue.integer(Int64($0.value))) }
        var stats: JSONObject = [
            "total": .object(Dictionary(uniqueKeysWithValues: totals)), "pid": .integer(Int64(ThisProcess.pid)),
            "clock": .string("\(worker.app.clock.value)"),
            "uptime": .integer((worker.app.time.uptime - worker.startedAt).components.seconds),
            "pool": pool(of: worker), "broker": broker(of: worker.app), "prefetch_count": capacity,
            "rusage": .object(usage),
        ]
        if let range = worker.autoscaler?.range {
            stats["autoscaler"] = [
                "max": .integer(Int64(range.upperBound)), "min": .integer(Int64(range.lowerBound)),
                "current": capacity, "qty": .integer(Int64(worker.slots.begunCount)),
            ]
        }
        return stats
    }

    private static func pool(of worker: ControlledWorker) -> JSONValue {
        let started = worker.settler.statistics.processed
        let pool = worker.pool.description
        return [
            "implementation": .string(pool.implementation), "max-concurrency": .integer(Int64(worker.slots.capacity)),
            "processes": .array(pool.processes.map { .integer(Int64($0)) }),
            "max-tasks-per-child": pool.maxTasksPerChild.map { .integer(Int64($0)) } ?? "N/A",
            "put-guarded-by-semaphore": true, "timeouts": [0, 0],
            "writes": [
                "total": .integer(Int64(started)), "avg": "1.00", "all": "1.00", "raw": .string("\(started)"),
                "strategy": "fair", "inqueues": ["total": 1, "active": .integer(Int64(worker.slots.begunCount))],
            ],
        ]
    }

    private static func broker(of app: TaskApp) -> JSONValue {
        let url = app.brokerURL
        let path = url?.path.drop { $0 == "/" } ?? ""
        return [
            "hostname": .text(url?.host), "userid": .text(url?.user), "virtual_host": .string(String(path)),
            "port": url?.port.map { .integer(Int64($0)) } ?? .null, "insist": false,
            "ssl": .bool(url?.scheme == "rediss"), "transport": .string(app.transport), "connect_timeout": 4,
            "transport_options": [:], "login_method": .null, "uri_prefix": .null, "heartbeat": .null,
            "failover_strategy": "round-robin", "alternates": [], "credential_provider": .null,
        ]
    }

    private static var usage: JSONObject {
        let usage = ThisProcess.usage
        func seconds(_ time: timeval) -> JSONValue { .double(withUnsafePointer(to: time) { celeriac_seconds($0) }) }
        let counts: [JSONKey: Int] = [
            "maxrss": usage.ru_maxrss, "ixrss": usage.ru_ixrss, "idrss": usage.ru_idrss, "isrss": usage.ru_isrss,
            "minflt": usage.ru_minflt, "majflt": usage.ru_majflt, "nswap": usage.ru_nswap,
            "inblock": usage.ru_inblock, "oublock": usage.ru_oublock, "msgsnd": usage.ru_msgsnd,
            "msgrcv": usage.ru_msgrcv, "nsignals": usage.ru_nsignals, "nvcsw": usage.ru_nvcsw,
            "nivcsw": usage.ru_nivcsw,
        ]
        return counts.mapValues { .integer(Int64($0)) }
            .merging(["utime": seconds(usage.ru_utime), "stime": seconds(usage.ru_stime)]) { $1 }
    }

    /// A queue as kombu's `Queue.as_dict` shows it.
    static func queue(_ name: QueueName, _ topology: Topology) -> JSONValue {
        let exchange = topology.exchanges.first { $0.bindings.contains { $0.queue == name } }
        let binding = exchange?.bindings.first { $0.queue == name }
        let isFanout = exchange?.kind == .fanout
        return [
            "name": .string(name.rawValue),
            "exchange": [
                "name": .string(exchange?.name ?? name.rawValue), "type": .string((exchange?.kind ?? .direct).rawValue),
                "arguments": .null, "durable": true, "passive": false, "auto_delete": false, "delivery_mode": .null,
                "no_declare": false,
            ],
            "routing_key": .string(binding?.key ?? name.rawValue), "queue_arguments": .null,
            "binding_arguments": binding?.match.map(arguments(of:)) ?? .null,
            "consumer_arguments": .null, "durable": true, "exclusive": false, "auto_delete": .bool(isFanout),
            "no_ack": false, "alias": .null, "bindings": [], "no_declare": .null, "expires": .null,
            "message_ttl": .null, "max_length": .null, "max_length_bytes": .null, "max_priority": .null,
        ]
    }

    /// The arguments of a binding as AMQP has them.
    private static func arguments(of match: HeaderMatch) -> JSONValue {
        var arguments: JSONObject = ["x-match": .string(match.rule.rawValue)]
        for (name, value) in match.pairs {
            arguments[JSONKey(name)] =
                switch value {
                case .string(let text): .string(text)
                case .integer(let number): .integer(number)
                case .bool(let truth): .bool(truth)
                }
        }
        return .object(arguments)
    }
}
