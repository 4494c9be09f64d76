import NIOCore
import NIOSSL
import NIOTLS

/// Refuses a server whose certificate does not contain the requested host name, at the end of the handshake.
///
/// NIOSSL has checked the chain and the name by then, but it also accepts a certificate that contains the IP address of
/// the server. An attacker that can make a name resolve to its own address may well have a certificate for that
/// address. This check comes on top, so it can only refuse more. Nothing that was written before the end of the
/// handshake has been sent yet.
final class NameCheck: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let name: String

    init(_ name: String) { self.name = name }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, !isNamed(in: context) {
            context.fireErrorCaught(NIOSSLExtraError.failedToValidateHostname)
            return context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func isNamed(in context: ChannelHandlerContext) -> Bool {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        guard let certificate = handler?.peerCertificate else { return false }
        let names = certificate._subjectAlternativeNames()
        // Without alternative names NIOSSL has compared the common name, and never an address.
        guard !names.isEmpty else { return true }
        return names.contains { other in
            other.nameType == .dnsName
                && other.contents.withUnsafeBufferPointer { Self.fits(name, String(decoding: $0, as: UTF8.self)) }
        }
    }

    /// Whether a certificate's name matches a host: it is equal, or its first label is `*` (RFC 6125, 6.4.3).
    static func fits(_ host: String, _ pattern: String) -> Bool {
        let host = words(host), pattern = words(pattern)
        guard host.count == pattern.count, pattern.count > 0 else { return false }
        if pattern[0] == "*" { return pattern.count > 2 && host.dropFirst() == pattern.dropFirst() }
        return host == pattern
    }

    /// Splits a name into labels, in lower case and without a trailing dot.
    private static func words(_ name: String) -> [Substring] {
        let lower = name.lowercased()
        let plain = lower.last == "." ? lower.dropLast() : lower[...]
        return plain.split(separator: ".", omittingEmptySubsequences: false)
    }
}
