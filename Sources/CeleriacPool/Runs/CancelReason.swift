/// Why a run was told to stop.
package enum CancelReason: Sendable {
    case softTimeLimit, revoked, shutdown, leaseLost
    /// Everything that runs on this worker is being ended now, on request.
    case killed
}
