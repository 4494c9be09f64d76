import Celeriac
import CeleriacCore

extension Terminal {
    /// Notes that a command's change is lost when the command ends, if the broker is part of this process.
    ///
    /// - Parameter change: the change as the subject of a sentence, such as "the call".
    func noteIfLost(_ change: String, with app: TaskApp) {
        guard app.broker.isProcessLocal else { return }
        note(
            "Note: \(change) ends with this process, because a \(app.transport):// broker exists only within it. "
                + "To keep it, set CELERIAC_BROKER_URL, for example to sqlite:///tasks.sqlite.")
    }
}
