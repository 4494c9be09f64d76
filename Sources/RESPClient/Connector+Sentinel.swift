import NIOCore

extension Connector {
    /// Asks one Sentinel after another for the master; each gets an equal share of the remaining time.
    func master(
        of service: String, among sentinels: [RESPConfiguration.Endpoint], due: NIODeadline
    ) async throws -> ServerAddress {
        guard !sentinels.isEmpty else { throw RESPError(.misconfigured, "no Sentinel is named") }
        var failures: [String] = []
        var lastFailure: RESPError?
        for (index, sentinel) in sentinels.enumerated() {
            let share = (due - .now()).nanoseconds / Int64(sentinels.count - index)
            do {
                return try await master(of: service, from: sentinel, due: .now() + .nanoseconds(max(share, 0)))
            } catch let error as RESPError where error.code != .closed {
                lastFailure = error
                failures.append("\(sentinel.host):\(sentinel.port): \(error)")
            }
        }
        let code = lastFailure.flatMap { $0.isTransient ? nil : $0.code } ?? .unreachable
        throw RESPError(code, "no Sentinel names a master of \"\(service)\": " + failures.joined(separator: "; "))
    }

    private func master(
        of service: String, from sentinel: RESPConfiguration.Endpoint, due: NIODeadline
    ) async throws -> ServerAddress {
        let connection = try await open(.host(sentinel.host, sentinel.port), for: .commands, due: due)
        defer { connection.close(.clientClosed) }
        var commands: [RESPCommand] = []
        if let password = configuration.sentinelPassword { commands.append(RESPCommand("AUTH", password)) }
        commands.append(RESPCommand("SENTINEL", "get-master-addr-by-name", service))
        let answers = try await connection.answers(to: commands, due: due)
        for case .error(let error) in answers { throw RESPError.from(error) }
        guard let parts = answers.last?.elements, parts.count == 2, let host = parts[0].text,
            let port = parts[1].text.flatMap({ Int($0) }), (1...65_535).contains(port)
        else { throw RESPError(.unreachable, "it does not know the service") }
        return .host(host, port)
    }
}
