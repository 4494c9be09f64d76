import CeleriacCore
import ArgumentParser
import Celeriac

/// The workers that a command asks or controls, and the time that they have to answer.
struct AudienceOptions: ParsableArguments {
    enum Matcher: String, ExpressibleByArgument, CaseIterable { case glob, pcre }

    @Option(
        name: .shortAndLong,
        help:
            "How long to wait for replies, \(DurationArgument.help). With --destination, waiting ends when all have answered."
    )
    var timeout = DurationArgument(.seconds(1))
    @Option(name: .shortAndLong, help: "Only the workers with these full names: a@host,b@host. (default: all workers)")
    var destination: [String] = []
    @Option(help: "Only workers whose names match, such as 'mail*@*'. (default: all workers)")
    var pattern: String?
    @Option(help: "The syntax of the pattern.")
    var matcher = Matcher.glob

    func validate() throws {
        if timeout.duration == .zero { throw ValidationError("--timeout must be greater than 0") }
    }

    func inspection(_ app: TaskApp) throws -> Inspection {
        try app.inspect(to: nodes, pattern: shape, timeout: timeout.duration)
    }

    func control(_ app: TaskApp) throws -> RemoteControl {
        try app.control(to: nodes, pattern: shape, timeout: timeout.duration)
    }

    /// - Throws: ``CommandFailure`` if no worker answered, or if a worker that `--destination` names did not.
    func requireAnswers(from answered: [String]) throws {
        let silent = (nodes ?? []).filter { !answered.contains($0) }
        guard answered.isEmpty || !silent.isEmpty else { return }
        let who = silent.isEmpty ? "no worker answered" : "\(silent.joined(separator: ", ")) did not answer"
        throw CommandFailure(.notFound, "\(who) within \(timeout.duration.brief)")
    }

    private var nodes: [String]? {
        let nodes = destination.flatMap { $0.split(separator: ",").map(String.init) }
        return nodes.isEmpty ? nil : nodes
    }

    private var shape: ControlCommand.Pattern? {
        pattern.map { ControlCommand.Pattern($0, matcher == .glob ? .glob : .pcre) }
    }
}
