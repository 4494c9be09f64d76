import ArgumentParser
import Celeriac
import CeleriacCore

/// `control`: sends commands to workers.
struct ControlCommandGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control", abstract: "Send commands to Swift and Python workers.",
        discussion: """
            For brokers with remote control (memory, Redis, RabbitMQ). The workers answer. A change lasts until the \
            worker ends. Celery's names with underscores are accepted too. Exits with 3 if no worker answers or if one \
            that --destination names does not, and with 1 if a worker refuses. Swift workers obey revoke, \
            terminate and the commands about events; they refuse all others unless they were started with \
            --control full.
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Calls", subcommands: [RevokeOrder.command, TerminateOrder.command, RevokeStampedOrder.command]
            ),
            CommandGroup(name: "Tasks", subcommands: [RateLimitOrder.command, TimeLimitOrder.command]),
            CommandGroup(
                name: "Pools",
                subcommands: [
                    PoolGrowOrder.command, PoolShrinkOrder.command, AutoscaleOrder.command, PoolRestartOrder.command,
                ]
            ),
            CommandGroup(name: "Queues", subcommands: [AddConsumerOrder.command, CancelConsumerOrder.command]),
            CommandGroup(
                name: "Workers",
                subcommands: [
                    EnableEventsOrder.command, DisableEventsOrder.command, HeartbeatOrder.command,
                    ShutdownOrder.command, OtherOrder.command,
                ]
            ),
        ]
    )
}
