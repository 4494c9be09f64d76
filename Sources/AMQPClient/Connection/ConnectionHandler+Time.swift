import NIOCore

/// Looks at the clock when the machine asks for it.
extension ConnectionHandler {
    func checkUp(ifDueBefore due: NIODeadline) {
        guard due < timerDue, let context, machine.error == nil else { return }
        timer?.cancel()
        timerDue = due
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.checkUp() }
    }

    private func checkUp() {
        timerDue = .distantFuture
        let now = NIODeadline.now()
        let checkUp = machine.checkUp(at: now)
        for call in checkUp.expired { call.expire() }
        let next = min(checkUp.next, expireHeld(at: now))
        if checkUp.isDead {
            return lose(AMQPError(.connectionLost, "the server has been silent for two heartbeats"))
        }
        carryOut()
        self.checkUp(ifDueBefore: next)
    }

    /// Expires the calls that wait to be written; returns the next deadline among them.
    private func expireHeld(at now: NIODeadline) -> NIODeadline {
        var next = NIODeadline.distantFuture
        for case .call(let call) in held {
            if call.due <= now { call.expire() } else { next = min(next, call.due) }
        }
        held.removeAll { if case .call(let call) = $0 { call.isFinished } else { false } }
        return next
    }

    /// Gives the transport up.
    func lose(_ error: AMQPError) {
        machine.transportEnded(error)
        carryOut()
    }
}
