/// Promises of the common suite that RQ's layout cannot keep, each with the reason.
enum RQDifferences {
    private static let priority =
        "RQ's queues have no priorities: what is urgent has a queue of its own, or goes to the front"
    private static let arrival =
        "a list of RQ's is in the order of arrival: what was scheduled, or comes back, arrives when it is moved"
    private static let ids =
        "RQ's ids have only letters, digits, _ and -: at others its workers stop, so they are refused"
    private static let bodies =
        "a job of RQ is a call with arguments as data, not any bytes: what is no plain JSON call is refused"

    private static let letters =
        "RQ's dead letter is the job itself: a job that is enqueued under the same id takes its place, as in Python"

    static let reasons: [String: String] = [
        "a dead letter is never replaced by another message of its id": letters,
        "higher priorities come first": priority,
        "a higher priority overtakes what waits already": priority,
        "queues are tried strictly in the order given": priority,
        "the front of a queue is the front of its priority": priority,
        "a priority counts once the message is due": priority,
        "a retry goes back to its own queue, by its new priority": priority,
        "the age of a queue is that of the longest due": priority,
        "messages are listed in the order in which they would be claimed": priority,
        "a message knows how many come before it": priority,
        "a broker does what a simple model does, on a random walk": priority,
        "of one priority those due earlier come first, whenever they were published": arrival,
        "ids that differ in their bytes are different calls": ids,
        "names may hold quotes, emoji and NUL": ids,
        "a body comes back byte for byte, be it text or not": bodies,
        "an envelope comes back as it went, with all that it has": bodies,
        "a retried envelope and a dead one's reason may be as hostile": bodies,
        "a dead letter is kept with its envelope, reason and time": bodies,
        "a requeued dead letter is ready in its queue, as a first attempt": bodies,
        "a message is found by its id, with all that is known of it": bodies,
    ]
}
