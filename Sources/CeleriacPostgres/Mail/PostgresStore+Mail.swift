import CeleriacCore
import Logging
import CeleriacWire
import PostgresClient

extension PostgresStore {
    /// The widest limits of a message; the worker's are narrower.
    static let limits = MessageLimits(
        bodyBytes: MessageLimits.hardBodyBytes, json: JSONLimits(stringBytes: 24 << 20, documentBytes: 32 << 20))

    /// Sends mail in order. It is told after the commit.
    func send(_ mails: [(kind: MailKind, mail: AddressedMail)]) async throws {
        let channel = PostgresValue.text(noticeBoard.channels.mail)
        _ = try await run(
            mails.map { Request(.sendMail, [channel, .text($0.kind.word), .bytes($0.mail.kombuText)]) }, on: .relaxed)
    }

    /// Reads a mail; `nil` if it is gone already, or cannot be read.
    func mail(_ number: Int64) async throws -> Mail? {
        guard let body = try await run(.readMail, .ints([number]), on: .relaxed).first?.bytes(0) else { return nil }
        do { return try Mail(kombuText: body, limits: Self.limits) } catch {
            logger.warning("A malformed control message or event was passed over", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
