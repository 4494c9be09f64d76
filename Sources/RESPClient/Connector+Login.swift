import NIOCore

extension Connector {
    /// Sends HELLO 3 with user and password, or AUTH to servers that do not know HELLO; then sets the client name,
    /// selects the database, and checks that the server answers commands.
    func login(_ connection: RESPConnection, due: NIODeadline) async throws {
        if try await !greet(connection, due: due) { try await authenticate(connection, due: due) }
        let steps = steps
        guard !steps.isEmpty else { return }
        let answers = try await connection.answers(to: steps.map(\.command), due: due)
        for (step, answer) in zip(steps, answers) { try step.check(answer) }
    }

    /// Returns whether the server accepted HELLO: the connection then speaks RESP3 and is logged in.
    private func greet(_ connection: RESPConnection, due: NIODeadline) async throws -> Bool {
        guard configuration.prefersRESP3 else { return false }
        var hello = RESPCommand("HELLO", 3)
        if let password = configuration.password {
            hello.append(contentsOf: ["AUTH", configuration.user ?? "default", password])
        }
        let answer = try await connection.answers(to: [hello], due: due)[0]
        guard case .error(let error) = answer else {
            connection.run { $0.speakRESP3() }
            return true
        }
        // A server that is too old for HELLO answers with ERR or NOPROTO; any other error is a real one.
        guard error.kind == "ERR" || error.kind == "NOPROTO" else { throw RESPError.from(error) }
        return false
    }

    private func authenticate(_ connection: RESPConnection, due: NIODeadline) async throws {
        guard let password = configuration.password else { return }
        var auth = RESPCommand("AUTH")
        auth.append(contentsOf: (configuration.user.map { [$0] } ?? []) + [password])
        if case .error(let error) = try await connection.answers(to: [auth], due: due)[0] {
            throw error.isMisdirection
                ? RESPError.from(error) : RESPError(.unauthorized, error.description, server: error)
        }
    }

    private struct Step {
        let command: RESPCommand
        let check: (RESPValue) throws -> Void
    }

    private var steps: [Step] {
        var steps: [Step] = []
        if let name = configuration.clientName {
            // A user that lacks the permission for CLIENT can still connect.
            steps.append(
                Step(command: RESPCommand("CLIENT", "SETNAME", name)) { try Self.check($0, tolerating: "NOPERM") })
        }
        if configuration.database != 0 {
            steps.append(Step(command: RESPCommand("SELECT", configuration.database), check: Self.checkDatabase))
        }
        steps.append(Step(command: RESPCommand("PING")) { try Self.check($0, tolerating: "NOPERM") })
        if case .sentinel = configuration.address {
            steps.append(Step(command: RESPCommand("ROLE"), check: Self.checkRole))
        }
        return steps
    }

    private static func check(_ answer: RESPValue, tolerating kind: String? = nil) throws {
        if case .error(let error) = answer, error.kind != kind { throw RESPError.from(error) }
    }

    private static func checkDatabase(_ answer: RESPValue) throws {
        guard case .error(let error) = answer else { return }
        if error.kind == "ERR" { throw RESPError(.misconfigured, "SELECT: \(error.description)", server: error) }
        throw RESPError.from(error)
    }

    private static func checkRole(_ answer: RESPValue) throws {
        try check(answer, tolerating: "NOPERM")
        if let role = answer.elements?.first?.text, role != "master" {
            throw RESPError(.unreachable, "the server that Sentinel named is a \(role), not the master")
        }
    }

    func loginFailure(_ error: any Error, at address: ServerAddress) -> any Error {
        guard let error = error as? RESPError else { return error }
        switch error.code {
        case .deadlineExceeded: return RESPError(.unreachable, "\(address): no answer to the login before the deadline")
        case .connectionLost: return RESPError(.unreachable, "\(address): closed during the login: \(error.message)")
        default: return RESPError(error.code, "\(address): \(error.message)", server: error.server)
        }
    }
}
