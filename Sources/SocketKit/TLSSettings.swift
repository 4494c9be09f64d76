import NIOSSL

/// The TLS settings of a client. The configurations of the clients name this type `TLS`.
public struct TLSSettings: Sendable, Hashable {
    /// How the server's certificate is checked. Default: chain and host name.
    public enum Verification: Sendable, Hashable {
        /// Checks the chain and the host name; checks the address if the host is given as one.
        case full
        /// Checks the chain, but not the host name.
        case chainOnly
        /// Checks nothing: an attacker between client and server can read and change everything.
        case insecurelyNothing
    }

    public var verification: Verification
    /// The PEM file of the trusted authorities; `nil` for the system's.
    public var authorities: String?
    /// The PEM files of the client's own certificate and key.
    public var certificate: String?
    public var key: String?
    /// The name to expect in the certificate; `nil` for the host's.
    public var serverName: String?

    public init(
        verification: Verification = .full, authorities: String? = nil, certificate: String? = nil,
        key: String? = nil, serverName: String? = nil
    ) {
        self.verification = verification
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
        self.serverName = serverName
    }
}

extension TLSSettings.Verification {
    /// The same check, as NIOSSL names it.
    var ofNIO: CertificateVerification {
        switch self {
        case .full: .fullVerification
        case .chainOnly: .noHostnameVerification
        case .insecurelyNothing: .none
        }
    }
}
