import CeleriacCore

/// A claim that found nothing and waits.
struct ClaimWait {
    let queues: [Int]
    /// The uptime, in seconds, at which its own timer wakes it; infinite if it has no timer.
    let alarm: Double
}

extension Ledger {
    /// Draws a ticket for a claim that must wait, unless a message is ready for it.
    ///
    /// - Returns: the ticket, and the uptime at which something falls due by itself (`nil` if nothing will).
    mutating func waitForMore(in order: [Int], _ now: Moment) -> (ticket: UInt64, alarm: Duration?)? {
        var alarm = Double.infinity
        for queue in order where queues[queue].pause == nil {
            refresh(queue, now)
            if queues[queue].readyCount > 0 { return nil }
            if let first = queues[queue].delayed.first { alarm = min(alarm, now.up + first.instant - now.wall) }
            if let first = queues[queue].leases.first { alarm = min(alarm, first.instant) }
        }
        let ticket = parking.draw()
        for queue in order { queues[queue].waiting.append(ticket) }
        claimWaits[ticket] = ClaimWait(queues: order, alarm: alarm)
        return (ticket, alarm.isFinite ? now.uptime + .span(alarm - now.up) : nil)
    }

    /// Wakes the claim that has waited longest for a queue: one message wakes one claim.
    @inline(__always)
    mutating func wakeOne(_ queue: Int) {
        guard let ticket = queues[queue].waiting.first else { return }
        wakeClaim(ticket)
    }

    /// Wakes the claims whose timers would fire too late for a message that falls due in the queue at `instant`. They set
    /// their timers again.
    @inline(__always)
    mutating func setAlarms(_ queue: Int, notAfter instant: Double) {
        guard !queues[queue].waiting.isEmpty else { return }
        for ticket in queues[queue].waiting where (claimWaits[ticket]?.alarm ?? 0) > instant { wakeClaim(ticket) }
    }

    /// Ends a wait, whether it was woken or not.
    mutating func leave(_ ticket: UInt64) {
        endWait(ticket)
        parking.leave(ticket)
    }

    /// Wakes the next claim in place of a cancelled one, so that its message is not overlooked.
    mutating func passWakingOn(_ order: [Int]) {
        for queue in order where queues[queue].readyCount > 0 { wakeOne(queue) }
    }

    /// Pauses a queue, or resumes it and wakes the claims that wait for it.
    mutating func setPause(_ pause: QueuePause?, of name: QueueName, _ now: Moment) {
        guard let queue = pause == nil ? existingQueue(name) : self.queue(name) else { return }
        queues[queue].pause = pause
        guard pause == nil else { return }
        // Their timers took no account of the paused queue either.
        for ticket in queues[queue].waiting { wakeClaim(ticket) }
    }

    private mutating func wakeClaim(_ ticket: UInt64) {
        endWait(ticket)
        parking.wake(ticket)
    }

    private mutating func endWait(_ ticket: UInt64) {
        guard let wait = claimWaits.removeValue(forKey: ticket) else { return }
        for queue in wait.queues { queues[queue].waiting.removeAll { $0 == ticket } }
    }
}
