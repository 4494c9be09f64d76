import Celeriac
import CeleriacCLI
import CeleriacRQ
import CeleriacRedis
import CeleriacSQLite
import CeleriacYAML

/// `celeriac`: looks after brokers and workers, without tasks of its own.
@main
struct CeleriacTool {
    static func main() async {
        await CeleriacCommand.administer(
            name: "celeriac", abstract: "Look after task queues and their workers, Swift's and Python's.",
            schemes: [.redis, .rq, .sqlite], options: AppOptions(accept: readable)
        )
    }

    /// It runs no tasks, and only shows what it reads.
    private static var readable: [Serializer] {
        #if YAML
            [.json, .messagePack, .yaml]
        #else
            [.json, .messagePack]
        #endif
    }
}
