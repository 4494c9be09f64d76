import NIOSSL
package import SocketKit

extension ClientTLS {
    /// - Throws: ``RESPError`` with the code `misconfigured` if a file cannot be read.
    package init(_ tls: RESPConfiguration.TLS, host: String?) throws {
        let verification: CertificateVerification =
            switch tls.verification {
            case .full: .fullVerification
            case .chainOnly: .noHostnameVerification
            case .insecurelyNothing: .none
            }
        try self.init(
            verification, authorities: tls.authorities, certificate: tls.certificate, key: tls.key,
            serverName: tls.serverName ?? host
        ) { RESPError(.misconfigured, $0) }
    }
}
