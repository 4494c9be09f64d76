/// Promises of the common suite that kombu's layout cannot keep, each with the reason.
enum KombuDifferences {
    private static let noIndex =
        "kombu's lists have no index by id: whether a message of some id waits could only be told by reading all of them"
    private static let arrival =
        "a kombu list is in the order of arrival: what was delayed, or comes back, arrives when it is moved"

    private static let lazily =
        "a revoked message is found by nobody until it comes to the head of its list: it leaves when it is claimed"

    static let reasons: [String: String] = [
        "a second call with the id of one that waits is reported and not taken": noIndex,
        "a second call with the id of one that is delayed is not taken": noIndex,
        "a second call with the id of one that runs is not taken, not even in another queue": noIndex,
        "of two equal ids in one publish the first is taken": noIndex,
        "the id of a message that is to be retried stays taken": noIndex,
        "of one priority those due earlier come first, whenever they were published": arrival,
        "a broker does what a simple model does, on a random walk": arrival,
        "a revoked message that waits leaves its queue at once": lazily,
    ]
}
