/// Promises of the common suite that kombu's layout cannot keep although its traits do not say so, each with the reason.
enum KombuDifferences {
    private static let lazily =
        "a revoked message is found by nobody until it comes to the head of its list: it leaves when it is claimed"

    static let reasons: [String: String] = [
        "a revoked message that waits leaves its queue at once": lazily
    ]
}
