import Celeriac
import CeleriacCLI
import CeleriacCore
import CeleriacRQ
import CeleriacRabbitMQ
import CeleriacRedis
import CeleriacYAML
import Foundation
import Logging

/// The Swift side of the live tests: the tasks of this folder behind Celeriac's own command line.
///
/// Prints `ready NODE` once it claims. Ends when its standard input does, so that none outlives a test run.
@main
struct InteropWorker {
    static func main() async {
        // Children end with their worker, and have no standard input.
        if !Worker.isChild { endWithInput() }
        var options = WorkerOptions()
        let environment = ProcessInfo.processInfo.environment
        options.mingles = environment["INTEROP_MINGLES"] != "no"
        options.sendsTaskEvents = environment["INTEROP_EVENTS"] == "yes"
        options.deliveryLimit = 1000
        options.hooks = [
            { event in
                guard case .started(let worker, _) = event else { return }
                print("ready \(worker)")
                fflush(nil)
            }
        ]
        await CeleriacCommand.main(name: "interop", worker: options) { logger in
            // RQ has no exchanges, and so no broadcast.
            let isOnRQ = environment["CELERIAC_BROKER_URL"]?.hasPrefix("rq") ?? false
            let topology = isOnRQ ? Topology() : Topology([.broadcast("everyone")])
            let options = AppOptions(topology: topology, accept: accepted(environment["INTEROP_ACCEPT"] ?? "json"))
            return try TaskApp(schemes: [.redis, .rq, .rabbitMQ], options: options, logger: logger)
        }
    }

    /// - Parameter names: with commas between them.
    private static func accepted(_ names: String) -> [Serializer] {
        var known: [Serializer] = [.json, .messagePack]
        #if YAML
            known.append(.yaml)
        #endif
        return known.filter { names.split(separator: ",").map(String.init).contains($0.name) }
    }

    private static func endWithInput() {
        Thread.detachNewThread {
            while !FileHandle.standardInput.availableData.isEmpty {}
            _exit(0)
        }
    }
}
