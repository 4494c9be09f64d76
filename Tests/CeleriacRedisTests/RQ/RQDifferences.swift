/// Promises of the common suite that RQ's layout cannot keep although its traits do not say so, each with the reason.
enum RQDifferences {
    private static let letters =
        "RQ's dead letter is the job itself: a job that is enqueued under the same id takes its place, as in Python"

    static let reasons: [String: String] = [
        "a dead letter is never replaced by another message of its id": letters
    ]
}
