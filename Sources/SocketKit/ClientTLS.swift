package import NIOCore
import NIOSSL
import NIOTLS

/// The settings of TLS. They are read again for each connection, so that renewed certificates take effect.
package struct ClientTLS: Sendable {
    private let context: NIOSSLContext
    private let serverName: String?
    private let checksName: Bool

    /// - Parameters:
    ///   - host: the name to expect in the certificate if the settings name none.
    ///   - failure: makes the client's own error for a file that cannot be read.
    package init(_ tls: TLSSettings, host: String?, failure: (String) -> any Error) throws {
        do {
            var settings = TLSConfiguration.makeClientConfiguration()
            settings.minimumTLSVersion = .tlsv12
            settings.certificateVerification = tls.verification.ofNIO
            if let authorities = tls.authorities { settings.trustRoots = .file(authorities) }
            if let certificate = tls.certificate {
                settings.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            }
            if let key = tls.key { settings.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)) }
            context = try NIOSSLContext(configuration: settings)
        } catch {
            throw failure("the certificates or the key cannot be read: \(error)")
        }
        serverName = tls.serverName ?? host
        checksName = tls.verification == .full
    }

    /// Adds the handlers that encrypt and check the name to an empty pipeline.
    package func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        do {
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
            if checksName, let serverName { try pipeline.addHandler(NameCheck(serverName)) }
        } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
            // Without a server name, NIOSSL checks the certificate against the peer's address.
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
        }
    }
}
