import Foundation
import RedisUnderTest

/// The files that configure one cluster.
struct Configuration {
    let port: Int
    let socketFolder: String
    let options: PostgresServer.Options

    /// `postgresql.conf`. It replaces what initdb wrote.
    var settings: String {
        var all = [
            "listen_addresses": "127.0.0.1", "port": "\(port)",
            "unix_socket_directories": socketFolder, "unix_socket_permissions": "0777",
            "max_connections": "100", "shared_buffers": "64MB", "autovacuum": "on",
            // In files of the data folder: of a killed server nothing stays in /dev/shm.
            "dynamic_shared_memory_type": "mmap",
            "password_encryption": "scram-sha-256", "timezone": "UTC", "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        ]
        if !options.isDurable { all.merge(["fsync": "off", "full_page_writes": "off"]) { $1 } }
        if let tls = options.tls {
            all.merge(["ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key"]) { $1 }
            if tls.asksClients { all["ssl_ca_file"] = "root.crt" }
        }
        all.merge(options.settings) { $1 }
        return all.sorted { $0.key < $1.key }.map { "\($0.key) = \(literal($0.value))\n" }.joined()
    }

    /// `pg_hba.conf`: who may log in, and how. The Unix socket trusts everybody.
    var logins: String {
        let kind = options.tls == nil ? "host" : "hostssl"
        let method = options.password == nil ? "trust" : "scram-sha-256"
        let certificate = options.tls?.asksClients == true ? " clientcert=verify-ca" : ""
        return ["all", "replication"].map { database in
            """
            local \(database) all trust
            \(kind) \(database) all 127.0.0.1/32 \(method)\(certificate)

            """
        }.joined()
    }

    private func literal(_ value: String) -> String {
        let escaped = value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "'", with: "''")
        return "'\(escaped)'"
    }
}
