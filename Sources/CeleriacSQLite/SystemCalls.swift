import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A descriptor of a small file next to the database, closed with its last user.
final class FileDescriptor: Sendable {
    let number: Int32

    /// Opens the file to read and write. Creates it, for its owner only, if it does not exist.
    ///
    /// - Throws: ``SystemCallError``.
    init(openingOrMaking path: String) throws {
        number = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemCallError(code: errno) }
    }

    deinit { close(number) }
}

/// Creates an empty file, for its owner only, unless the file exists.
///
/// Creates it under another name first. A process that opens and closes a database file loses all locks that it holds
/// on it (`fcntl(2)`), and another store of this process may have just opened it.
///
/// - Throws: ``SystemCallError``.
func makeEmptyFile(at path: String) throws {
    let other = "\(path)-\(UInt64.random(in: 0 ... .max))"
    _ = try FileDescriptor(openingOrMaking: other)
    defer { unlink(other) }
    guard link(other, path) == 0 || errno == EEXIST else { throw SystemCallError(code: errno) }
}

/// A lock among processes, and among the stores of one process: the system's `flock` on a separate descriptor, which is
/// released if the process is killed.
struct FileLock: Sendable {
    let descriptor: FileDescriptor

    func tryLock() -> Bool { flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 }

    func lock() {
        while flock(descriptor.number, LOCK_EX) != 0, errno == EINTR {}
    }

    func unlock() { flock(descriptor.number, LOCK_UN) }
}

/// The error of a failed system call.
struct SystemCallError: Error, CustomStringConvertible {
    let code: Int32

    var description: String { String(cString: strerror(code)) }
}

/// The system's information about a path.
struct PathStatus {
    let isDirectory: Bool
    let isWritable: Bool
    /// Whether anybody may replace the files in it: it is writable by all, and not sticky.
    let isOpenToAll: Bool

    /// - Returns: `nil` if nothing exists at the path.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        isOpenToAll = status.st_mode & S_IWOTH != 0 && status.st_mode & S_ISVTX == 0
        isWritable = access(path, W_OK) == 0
    }
}

/// The name of the network file system that a path is on; `nil` for a local one. SQLite's locks do not work on these.
func networkFileSystem(of path: String) -> String? {
    #if canImport(Darwin)
        var status = statfs()
        guard statfs(path, &status) == 0, status.f_flags & UInt32(MNT_LOCAL) == 0 else { return nil }
        return "a network file system"
    #else
        var status = stat()
        guard stat(path, &status) == 0,
            let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        else { return nil }
        return MountTable.networkFileSystem(ofDevice: UInt64(status.st_dev), in: mounts)
    #endif
}

/// Linux's `/proc/self/mountinfo`.
enum MountTable {
    private static let network: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "coda", "lustre", "gpfs", "ncpfs", "9p", "ocfs2", "gfs2",
        "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.ceph",
    ]

    /// Source: `proc_pid_mountinfo(5)`. The third field is the device; the first field after the lone dash is the type.
    static func networkFileSystem(ofDevice device: UInt64, in mounts: String) -> String? {
        let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
        let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[2] == "\(major):\(minor)", let dash = fields.firstIndex(of: "-"),
                dash + 1 < fields.count, network.contains(String(fields[dash + 1]))
            else { continue }
            return String(fields[dash + 1])
        }
        return nil
    }
}
