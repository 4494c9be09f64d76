/// Whether a literal is a valid queue name. Repeats the rule of `CeleriacCore.QueueName`, which the plug-in cannot
/// import; a test compares the two.
enum QueueNameCheck {
    private static let stems = [
        "celeriac.", "_kombu.", "celery-task-meta-", "celery-taskset-meta-", "chord-unlock-", "celeryev.",
    ]
    private static let wholes: Set = ["unacked", "unacked_index", "unacked_mutex", "celeryev"]

    static func isName(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && !text.unicodeScalars.contains(where: isControl)
            && !wholes.contains(text) && !text.hasSuffix(".pidbox") && !stems.contains { text.hasPrefix($0) }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
}
