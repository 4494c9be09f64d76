/// Why a run was told to stop.
package enum CancelReason: Sendable {
    case softTimeLimit, revoked, shutdown, leaseLost
    /// Someone ends everything that runs on this worker now.
    case killed
}
