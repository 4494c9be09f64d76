import Celeriac
import CeleriacCLI
import CeleriacPostgres
import CeleriacRQ
import CeleriacRabbitMQ
import CeleriacRedis
import CeleriacSQLite
import CeleriacYAML

/// `celeriac`: administers brokers and workers; it has no tasks of its own.
@main
struct CeleriacTool {
    static func main() async {
        await CeleriacCommand.administer(
            name: "celeriac", abstract: "Administer task queues and their workers, in Swift and Python.",
            schemes: [.redis, .rabbitMQ, .rq, .sqlite, .postgres], options: AppOptions(accept: readable)
        )
    }

    /// The formats in which results are read. All are safe here: the tool runs no tasks and only displays what it
    /// reads.
    private static var readable: [Serializer] {
        #if YAML
            [.json, .messagePack, .yaml]
        #else
            [.json, .messagePack]
        #endif
    }
}
