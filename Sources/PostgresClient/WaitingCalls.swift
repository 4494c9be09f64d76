/// The calls that wait for a connection: the urgent ones first, each kind in order of arrival.
struct WaitingCalls {
    private var urgent: [PendingCall] = []
    private var ordinary: [PendingCall] = []

    var isEmpty: Bool { urgent.isEmpty && ordinary.isEmpty }

    var earliestDue: ContinuousClock.Instant? { (urgent + ordinary).map(\.due).min() }

    mutating func append(_ call: PendingCall) {
        if call.isUrgent { urgent.append(call) } else { ordinary.append(call) }
    }

    /// Puts a call back that was taken already.
    mutating func putBack(_ call: PendingCall) {
        if call.isUrgent { urgent.insert(call, at: 0) } else { ordinary.insert(call, at: 0) }
    }

    mutating func removeFirst() -> PendingCall? {
        if !urgent.isEmpty { return urgent.removeFirst() }
        return ordinary.isEmpty ? nil : ordinary.removeFirst()
    }

    mutating func removeAll() -> [PendingCall] {
        defer { self = WaitingCalls() }
        return urgent + ordinary
    }

    /// Removes and returns the calls whose time is over.
    mutating func removeLate(at now: ContinuousClock.Instant) -> [PendingCall] {
        let isLate = { (call: PendingCall) in call.due <= now }
        defer {
            urgent.removeAll(where: isLate)
            ordinary.removeAll(where: isLate)
        }
        return (urgent + ordinary).filter(isLate)
    }
}
