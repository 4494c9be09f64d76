import CeleriacCLI
import CeleriacRedis
import CeleriacSQLite

/// `celeriac`: looks after brokers and workers, without tasks of its own.
@main
struct CeleriacTool {
    static func main() async {
        await CeleriacCommand.administer(
            name: "celeriac", abstract: "Look after task queues and their workers, Swift's and Python's.",
            schemes: [.redis, .rq, .sqlite]
        )
    }
}
