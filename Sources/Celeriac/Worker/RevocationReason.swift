/// Why a call was not run, or not to its end: the message of Celery's `TaskRevokedError`.
enum RevocationReason: String, Sendable, Hashable {
    case revoked, expired, terminated
}
