/// Why a call did not start, or was ended: the message of Celery's `TaskRevokedError`.
package enum RevocationReason: String, Sendable, Hashable {
    case revoked, expired, terminated
}
