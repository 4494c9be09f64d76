import CeleriacCore
import Synchronization
import Logging
import PostgresClient
import StoreKit

/// Hears the notifications of other processes, and wakes the waiters of this one.
///
/// Its connection is opened when something waits for the first time. Notifications are hints: without them, a waiter
/// looks once a second.
final class NoticeBoard: Sendable {
    let channels: Channels
    private let wakeUps: WakeUps
    private let outlook: Outlook
    private let mailroom: Mailroom
    private let logger: Logger
    private let listened = Guarded<Set<String>>([])
    private let listener = Guarded<PostgresListener?>(nil)

    init(
        _ configuration: PostgresConfiguration, _ schema: String, wakeUps: WakeUps, outlook: Outlook,
        mailroom: Mailroom,
        logger: Logger
    ) {
        channels = Channels(schema)
        self.wakeUps = wakeUps
        self.outlook = outlook
        self.mailroom = mailroom
        self.logger = logger
        let made = PostgresListener(
            configuration, logger: logger, onChange: { [weak self] in self?.change($0) },
            onNotification: { [weak self] in self?.hear($0, $1) })
        listener.withLock { $0 = made }
    }

    /// Also hears this channel from now on.
    func listen(to channel: String) {
        let all = listened.withLock { $0.insert(channel).inserted ? $0 : nil }
        if let all { listener.withLock { $0 }?.listen(to: all) }
    }

    func close() { listener.withLock { $0 }?.close() }

    private func change(_ change: PostgresListener.State) {
        switch change {
        case .listening(let confirmed):
            // What was said meanwhile was not heard.
            outlook.forget()
            wakeUps.ringAll()
            mailroom.change(isConnected: confirmed.contains(channels.mail))
        case .deaf:
            logger.warning(
                "Notifications of PostgreSQL do not arrive, as behind a pooler in transaction mode: this process looks for messages once a second, and hears no events and no commands"
            )
            mailroom.change(isConnected: false)
        case .away(let error):
            logger.debug("The connection for notifications was lost", metadata: ["error": "\(error)"])
            mailroom.change(isConnected: false)
        }
    }

    private func hear(_ channel: String, _ payload: String) {
        switch channel {
        case channels.message: hearMessage(payload)
        case channels.record:
            let marks = CallMark.marks(in: payload)
            wakeUps.ringRecords { marks.contains(CallMark($0)) }
        case channels.revocation: wakeUps.ringAll(for: [.revocation])
        case channels.mail: mailroom.arrive(payload)
        default: break
        }
    }

    private func hearMessage(_ payload: String) {
        switch Notice(payload) {
        case .ready(let queue, let rank):
            outlook.noteReady(queue, rank: rank)
            wakeUps.ring([queue])
        case .delayed(let queue):
            outlook.noteDelayed(queue)
            wakeUps.ring([queue])
        case nil: break
        }
    }
}
