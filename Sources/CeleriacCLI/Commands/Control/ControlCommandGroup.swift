import ArgumentParser
import Celeriac
import CeleriacCore

/// `control`: sends commands to workers.
struct ControlCommandGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control", abstract: "Tell workers what to do, Python's too.",
        discussion: """
            For brokers that have remote control (memory, Redis). The workers answer; what a command changes lasts until \
            the worker ends. Celery's names with underscores will do as well. Exits with 3 if no worker answered, or \
            one that --destination names did not; with 1 if one refused. Swift's workers obey revoke, terminate and \
            the commands about events; all else they refuse unless they were started with --control full.
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
